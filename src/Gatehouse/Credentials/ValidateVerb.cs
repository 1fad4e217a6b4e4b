using System.CommandLine;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Installations;

namespace Gatehouse.Credentials;

/// <summary><c>gatehouse credential validate</c>: whether a key's provider takes it. Nothing of what the provider says is shown.</summary>
internal static class ValidateVerb
{
    private static readonly Argument<string> s_which = new("credential")
    {
        Description = "The credential's id, its name, or PROVIDER/NAME; or a provider's name, for the key that it is called with.",
        HelpName = "ID|NAME",
    };

    /// <summary>Builds it.</summary>
    public static Verb Build() => new Verb(
        "validate",
        "Ask a key's provider whether it takes the key, by asking for its list of models: valid, invalid, unreachable, rate-limited, or unknown where the answer says nothing of the key. "
        + "A vendor's login is only looked at (not-probed), never sent. Exit code 0 for valid and not-probed, else 1.",
        "gatehouse credential validate anthropic",
        "gatehouse credential validate anthropic/team",
        "gatehouse credential validate lab --owned --json") { s_which, OwnedVerbs.Owned, CommonOptions.Json }
        .RunsOnInstallation(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation, Installation installation)
    {
        var which = invocation.Parsed.GetValue(s_which)!;
        var inputs = invocation.UnkeyedInputs() with { VaultProviders = await installation.VaultProvidersAsync(invocation.Cancelled) };
        var loaded = ConfigLoader.Load(inputs);
        if (loaded.Config is not { } config) return Report.Misused([.. loaded.Problems.Select(static bad => new Problem(bad.ToString()))]);
        var snapshot = new GatewaySnapshot(config, 1);
        using var run = new ProbeRun(config.Workspaces.PrivateHosts, snapshot.FindProvider);
        return invocation.Parsed.GetValue(OwnedVerbs.Owned)
            ? await OwnedAsync(invocation, installation, which, run.Probes)
            : await PlatformsAsync(invocation, installation, which, config, run.Probes);
    }

    private static async Task<Report> OwnedAsync(Invocation invocation, Installation installation, string which, KeyProbes probes)
    {
        var found = await installation.Tenants.Credentials.OpenAsync(Actor.OfThisMachine, which, invocation.Cancelled);
        if (found.Value is not { } opened) return Report.Failed(new Problem(found.Error!, "gatehouse credential list --owned"));
        return Told(which, await CredentialCheck.OfAsync(opened, probes.OfUsers, TimeProvider.System.GetUtcNow(), invocation.Cancelled));
    }

    private static async Task<Report> PlatformsAsync(Invocation invocation, Installation installation, string which, GatehouseConfig config, KeyProbes probes)
    {
        var found = await installation.Vault.OpenAsync(Actor.OfThisMachine, which, invocation.Cancelled);
        var key = found.Value;
        if (key is null && found.Refusal == EditRefusal.NotFound)
        {
            // A provider's name means the key that a server with this process's environment calls it with.
            var table = await ProviderKeys.TableAsync(installation, config, invocation.Cancelled);
            if (table.LoginOf(which) is { } login) return Told(which, Looked(login));
            key = table.Find(which);
        }

        return key is null
            ? Report.Failed(new Problem(found.Error!, "gatehouse credential list"))
            : Told(which, ValidationData.Of(await probes.OfPlatform(key, invocation.Cancelled)));
    }

    private static ValidationData Looked(ClaudeLogin login) => login.Problem is { } problem
        ? new ValidationData("invalid", problem, [])
        : new ValidationData("not-probed", "It is the claude program's login; its vendor was not asked.", []);

    private static Report Told(string which, ValidationData found)
    {
        void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("credential", which);
            json.WriteString("outcome", found.Outcome);
            json.WriteString("detail", found.Detail);
            json.WriteEndObject();
        }

        var report = CredentialCheck.Stands(found)
            ? Report.Done(terminal => terminal.Say($"{terminal.Ink.Good(found.Outcome)}: {found.Detail}"), Write)
            : Report.Negative(terminal => terminal.Say($"{terminal.Ink.Bad(found.Outcome)}: {found.Detail}"), Write);
        return report with { Warnings = found.Warnings };
    }
}
