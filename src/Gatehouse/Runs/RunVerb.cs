using Gatehouse.Clients;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;

namespace Gatehouse.Runs;

/// <summary>The steps of <c>gatehouse run</c>.</summary>
internal static class RunVerb
{
    /// <summary>Starts a harness and stays until it has ended.</summary>
    public static async Task<Report> RunAsync(Invocation invocation)
    {
        var name = invocation.Parsed.GetValue(RunCommand.Harness)!;
        if (ClientCatalog.Find(name) is not { } client)
            return Report.Misused([new Problem($"'{name}' is no agent that Gatehouse knows.", $"One of: {RunCommand.Names()}")]);
        if (!client.HasOverlay)
        {
            var other = client.Support == ClientSupport.Applied ? "apply" : "print";
            return Report.Failed(new Problem($"{client.Label} can't be started with settings for one run.", $"gatehouse integration {other} {client.Id}"));
        }

        var access = RemoteAccess.Of(invocation);
        if (access.Fault is { } wrong) return wrong;
        var checks = await RunChecks.OfAsync(invocation, client, isRemote: access.Token is not null);
        if (checks.Plan is not { } plan) return checks.Fault!;
        if (access.Token is { } token)
        {
            await using var elsewhere = new RemoteServer(plan.Gateway, token);
            return await RunAsync(invocation, client, plan, elsewhere);
        }

        var opening = await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        await using (installation)
        {
            var workspaces = (ConfigLoader.Load(invocation.UnkeyedInputs()).Config ?? plan.Config).Workspaces;
            await using var own = new OwnServer(installation, plan.Gateway, workspaces, TimeProvider.System);
            return await RunAsync(invocation, client, plan, own);
        }
    }

    /// <summary>What helps where the program is missing or broken.</summary>
    public static string? Installing(Client client) => client.Installation is { } command ? $"Install it: {command}" : null;

    private static async Task<Report> RunAsync(Invocation invocation, Client client, RunPlan plan, IRunServer server)
    {
        var found = await server.WorkspaceAsync(invocation.Parsed.GetValue(RunCommand.Workspace), invocation.Cancelled);
        if (found.Value is not { } workspace) return Report.Failed(new Problem(found.Error!, server.Name is null ? "gatehouse workspace list" : null));
        // A runner takes back and revokes for its own workspace alone, a run on this machine for its own data directory: another one knows neither tokens nor logins of it.
        var place = server.Name is { } name ? $"{name} {workspace}" : invocation.DataDirectory;
        await SweepAsync(server, place);
        var assembled = await server.AssembleAsync(workspace, client.Id, invocation.Cancelled);
        if (assembled.Value is not { } key) return Report.Failed(new Problem(assembled.Error!, server.Name is null ? $"gatehouse attach {client.Id}" : null));
        if (RuntimeCheck.Fault(key, plan.Gateway) is { } fault) return Report.Failed(new Problem(fault));
        var choice = await RunSetup.OfAsync(invocation, client, plan, key, isRemote: server.Name is not null);
        if (choice.Setup is not { } setup) return choice.Fault!;
        plan = plan with { Warnings = [.. plan.Warnings, .. choice.Warnings] };
        using var folder = RunFolder.Make(RunFolder.Root(Surroundings.OfProcess()));
        folder.NotePlace(place);
        var run = new HarnessRun(invocation, server, client, plan, folder, workspace, key);
        return await run.StartAsync(setup);
    }

    private static async Task SweepAsync(IRunServer server, string place)
    {
        foreach (var left in RunFolder.Sweep(RunFolder.Root(Surroundings.OfProcess()), place))
        {
            // Before its tokens, by which a server elsewhere knows who asks.
            if (left is { WorkspaceId: { } workspace, Harness: { } harness, Login: { } login }) _ = await LoginKeeper.SyncAsync(server, workspace, harness, login);
            foreach (var token in left.Tokens) await server.RevokeAsync(token);
        }
    }
}
