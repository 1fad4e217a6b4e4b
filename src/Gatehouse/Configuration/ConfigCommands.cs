using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Tokens;

namespace Gatehouse.Configuration;

/// <summary><c>gatehouse config</c>: the configuration before a server reads it.</summary>
internal static class ConfigCommands
{
    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("config", "Look at the configuration.")
    {
        new Verb(
            "check",
            "Check the configuration and print what is in force and where it comes from. Every fault is listed, with its key and its remedy; exit code 2 when there is one.",
            "gatehouse config check",
            "gatehouse config check --config ./gatehouse.json   # before it is put in place") { CommonOptions.Json }
            .Runs(CheckAsync),
    };

    private static async Task<Report> CheckAsync(Invocation invocation)
    {
        var inputs = await invocation.ConfigInputsAsync();
        var result = ConfigLoader.Load(inputs);
        if (result.Config is not { } config)
            return Report.Misused([.. result.Problems.Select(Problem.Of)], $"The configuration file is {ConfigLocation.Find(inputs).Path}");
        var view = new ConfigView(config, ConfigLocation.Find(inputs), inputs);
        var warning = AnonymousToken.Warning(config, await TokensAsync(invocation), TimeProvider.System.GetUtcNow());
        return Report.Done(view.Print, view.Write) with { Warnings = warning is null ? [] : [warning] };
    }

    private static async Task<IReadOnlyList<AccessToken>?> TokensAsync(Invocation invocation)
    {
        if (!Installation.Exists(invocation.DataDirectory)) return null;
        await using var store = await Installation.OpenStoreAsync(invocation.DataDirectory, invocation.Cancelled);
        return [.. (await new AccessStore(store).LoadAsync(invocation.Cancelled)).Select(static stored => stored.Token)];
    }
}
