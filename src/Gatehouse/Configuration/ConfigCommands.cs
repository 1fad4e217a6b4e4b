using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Storage;
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
        var (inputs, warnings) = await InputsAsync(invocation);
        var result = ConfigLoader.Load(inputs);
        if (result.Config is not { } config)
        {
            var bad = Report.Misused([.. result.Problems.Select(Problem.Of)], $"The configuration file is {ConfigLocation.Find(inputs).Path}");
            return bad with { Warnings = warnings };
        }

        var view = new ConfigView(config, ConfigLocation.Find(inputs), inputs);
        if (warnings.Count == 0 && AnonymousToken.Warning(config, await TokensAsync(invocation), TimeProvider.System.GetUtcNow()) is { } anonymous) warnings.Add(anonymous);
        return Report.Done(view.Print, view.Write) with { Warnings = warnings };
    }

    // A file can be checked where the database can't be read: on a full disk, or in a data directory that is another user's.
    private static async Task<(ConfigInputs Inputs, List<string> Warnings)> InputsAsync(Invocation invocation)
    {
        try
        {
            return (await invocation.ConfigInputsAsync(), []);
        }
        catch (StoreException e)
        {
            return (invocation.UnkeyedInputs(), [$"Providers whose key is in the vault are left out, for the database can't be read: {e.Message}"]);
        }
    }

    private static async Task<IReadOnlyList<AccessToken>?> TokensAsync(Invocation invocation)
    {
        if (!Installation.Exists(invocation.DataDirectory)) return null;
        await using var store = await Installation.OpenStoreToReadAsync(invocation.DataDirectory, invocation.Cancelled);
        return [.. (await new AccessStore(store).LoadAsync(invocation.Cancelled)).Select(static stored => stored.Token)];
    }
}
