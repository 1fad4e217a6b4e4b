using Gatehouse.Clients;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Installations;

namespace Gatehouse.Integrations;

/// <summary><c>integration restore</c>.</summary>
internal static class RestoreVerb
{
    /// <summary>Gives a client's settings back.</summary>
    public static async Task<Report> RunAsync(Invocation invocation)
    {
        if (IntegrationOptions.Find(invocation, out var unknown) is not { } client) return unknown!;
        if (client.Support != ClientSupport.Applied)
            return Report.Failed(new Problem($"Gatehouse does not write the settings of {client.Label}, so there is nothing to take back."));
        var parsed = invocation.Parsed;
        if (PlanCommit.CantAsk(invocation) is { } cantAsk) return cantAsk;
        var integrator = new Integrator(Surroundings.OfProcess(), TimeProvider.System);
        var recovered = parsed.GetValue(IntegrationOptions.DryRun) ? null : await integrator.RecoverAsync(invocation.Cancelled);
        if (recovered?.Refusal is { } stuck) return Report.Failed(new Problem(stuck));
        var path = integrator.SettingsPath(client, parsed.GetValue(IntegrationOptions.Target), parsed.GetValue(IntegrationOptions.Project));
        var plan = parsed.GetValue(IntegrationOptions.Backup) is { } backup
            ? integrator.PlanReturn(client, path, backup)
            : integrator.PlanRestore(client, path, parsed.GetValue(IntegrationOptions.All));
        var commit = new PlanCommit(invocation, "restore", recovered?.Notes ?? []);
        if (commit.Before(plan) is { } end) return end;
        var report = await commit.CommitAsync(integrator, plan, null);
        if (report.ExitCode != ExitCode.Ok || plan.TokenId is not { } token || !Installation.Exists(invocation.DataDirectory)) return report;
        var opening = await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled);
        if (opening.Installation is not { } installation)
            return report with { Warnings = [.. report.Warnings, $"The token made for it ({token}) could not be revoked: {opening.Error}"] };
        await using (installation)
        {
            if (await new ClientTokens(installation).RevokeAsync(token, invocation.Cancelled))
                invocation.Terminal.Note($"Revoked the token that was made for it ({token}).");
            return report;
        }
    }
}
