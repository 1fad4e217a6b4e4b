using Gatehouse.Clients;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Installations;
using Gatehouse.Secrets;
using Gatehouse.Terminals;

namespace Gatehouse.Integrations;

/// <summary><c>integration apply</c>.</summary>
internal static class ApplyVerb
{
    /// <summary>Writes a client's settings.</summary>
    public static async Task<Report> RunAsync(Invocation invocation)
    {
        if (IntegrationOptions.Find(invocation, out var unknown) is not { } client) return unknown!;
        if (client.Support == ClientSupport.Refused) return PrintVerb.Refusal(client);
        if (client.Support == ClientSupport.Printed)
            return Report.Failed(new Problem($"{client.Label} is set up by hand. {client.Reason}", $"gatehouse integration print {client.Id}"));
        var parsed = invocation.Parsed;
        if (parsed.GetValue(IntegrationOptions.Project) && !client.HasProjectSettings)
            return Report.Misused([new Problem($"{client.Label} has no project settings that a token may stand in.", "Leave --project out.")]);
        if (parsed.GetValue(IntegrationOptions.KeepProvider) && client.Id != "codex")
            return Report.Misused([new Problem("--keep-provider is for Codex, which files its sessions by provider.", "Leave it out.")]);
        if (PlanCommit.CantAsk(invocation) is { } cantAsk) return cantAsk;
        var choice = await SetupChoice.OfAsync(invocation, client, named: false);
        if (choice.Setup is not { } setup) return choice.Fault!;
        var given = ReadGiven(invocation, out var fault);
        if (fault is not null) return fault;

        var integrator = new Integrator(Surroundings.OfProcess(), TimeProvider.System);
        var recovered = parsed.GetValue(IntegrationOptions.DryRun) ? null : await integrator.RecoverAsync(invocation.Cancelled);
        if (recovered?.Refusal is { } stuck) return Report.Failed(new Problem(stuck));
        var path = integrator.SettingsPath(client, parsed.GetValue(IntegrationOptions.Target), parsed.GetValue(IntegrationOptions.Project));
        setup = setup with { TokenFile = integrator.TokenPath(client, path) };
        var commit = new PlanCommit(invocation, "apply", [.. recovered?.Notes ?? [], .. choice.Warnings]);

        Installation? installation = null;
        if (Installation.Exists(invocation.DataDirectory) || !parsed.GetValue(IntegrationOptions.DryRun))
        {
            var opening = await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled);
            installation = opening.Installation;
            if (installation is null) return Report.Failed(new Problem(opening.Error!));
        }

        await using (installation)
        {
            var tokens = installation is null ? null : new ClientTokens(installation);
            var token = await PresentAsync(tokens, integrator, client, path, given, setup, invocation.Cancelled);
            var plan = integrator.PlanApply(client, setup with { Token = token?.Text.Reveal() ?? SetupChoice.Placeholder }, path);
            if (commit.Before(plan) is { } end) return end;
            if (token is null)
            {
                // Made only now that everything else is certain, and planned again with it.
                token = await tokens!.MakeAsync(client, null, invocation.Cancelled);
                plan = integrator.PlanApply(client, setup with { Token = token.Text.Reveal() }, path, token.Token!.Id);
            }

            var report = await commit.CommitAsync(integrator, plan, token);
            if (report.ExitCode != ExitCode.Ok && token.IsNew) await tokens!.RevokeAsync(token.Token!.Id, invocation.Cancelled);
            return report;
        }
    }

    // The token that a person gives, else the one in the file when it is in force; null when one has to be made.
    private static async Task<ClientToken?> PresentAsync(
        ClientTokens? tokens, Integrator integrator, Client client, string path, Secret? given, ClientSetup setup, CancellationToken cancellation)
    {
        if (given is not null) return tokens is not null && await tokens.ValidAsync([given], cancellation) is { } known ? known : new ClientToken(given, null, false);
        // Where a person sets the variable, the token is theirs to make: the settings hold none.
        if (setup.Credential == CredentialPlace.Environment)
            return new ClientToken(Secret.From(Environment.GetEnvironmentVariable(ClientSetup.TokenVariable) ?? SetupChoice.Placeholder), null, false);
        return tokens is null ? null : await tokens.ValidAsync(ClientTokens.In(integrator.Look(client, path)), cancellation);
    }

    private static Secret? ReadGiven(Invocation invocation, out Report? fault)
    {
        fault = null;
        if (invocation.Parsed.GetValue(IntegrationOptions.TokenFile) is not { } file) return null;
        try
        {
            var text = (file == "-" ? StandardInput.Reader.ReadToEnd() : File.ReadAllText(file)).Trim();
            if (text.Length > 0 && !text.Any(char.IsWhiteSpace)) return Secret.From(text);
            fault = Report.Misused([new Problem($"{(file == "-" ? "Standard input" : file)} does not hold one token.", "It has to be one word.")]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = Report.Misused([new Problem($"The token can't be read: {e.Message}")]);
        }

        return null;
    }
}
