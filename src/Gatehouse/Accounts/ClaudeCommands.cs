using System.CommandLine;
using System.ComponentModel;
using Gatehouse.ClaudeCli;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Runs;

namespace Gatehouse.Accounts;

/// <summary><c>gatehouse claude</c>: the accounts that the <c>claude</c> program works under. Its logins are its own: it is only started for them.</summary>
internal static class ClaudeCommands
{
    private static readonly Option<string?> s_profile = new("--profile")
    {
        Description = "The account, by its name in program.profiles; not needed where there is only one.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> s_provider = new("--provider")
    {
        Description = "The provider whose program it is; not needed where there is only one.",
        HelpName = "NAME",
    };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new("claude", "Look after the accounts that the claude program works under, where a provider is that program.")
    {
        new Verb(
            "login",
            "Start the claude program's own login for an account, in that account's configuration folder and on this terminal. Run it as the user that the server runs as. What it stores and renews is its own business: Gatehouse writes none of it.",
            "gatehouse claude login",
            "gatehouse claude login --profile mine")
        {
            s_profile, s_provider, CommonOptions.Json,
        }.Runs(LoginAsync),
    };

    private static async Task<Report> LoginAsync(Invocation invocation)
    {
        var config = ConfigLoader.Load(await invocation.ConfigInputsAsync());
        if (config.Config is not { } good) return Report.Misused([.. config.Problems.Select(static problem => new Problem(problem.ToString()))]);
        var (provider, problem) = Find(good, invocation.Parsed.GetValue(s_provider));
        if (provider is null) return Report.Failed(problem!);
        if (ClaudeAccounts.Login(provider, invocation.Parsed.GetValue(s_profile), Environment.GetEnvironmentVariable, out var why) is not { } start)
            return Report.Failed(new Problem(why!));
        try
        {
            return Report.Told(await HarnessProcess.RunAsync(start));
        }
        catch (Win32Exception e)
        {
            return Report.Failed(new Problem($"The claude program can't be started: {e.Message}"));
        }
    }

    private static (Provider? Provider, Problem? Problem) Find(GatehouseConfig config, string? named)
    {
        var programs = config.Providers.Where(static provider => provider.Program is not null).ToList();
        if (programs.Count == 0) return (null, new Problem("No provider of the configuration is the claude program.", "See docs/claude-program.md"));
        if (named is null && programs.Count == 1) return (programs[0], null);
        var names = string.Join(", ", programs.Select(static provider => provider.Name));
        return programs.Find(provider => string.Equals(provider.Name, named, StringComparison.OrdinalIgnoreCase)) is { } one
            ? (one, null)
            : (null, new Problem($"{(named is null ? "There are several providers that are the claude program" : $"'{named}' is no provider that is the claude program")}.", $"Name one with --provider: {names}"));
    }
}
