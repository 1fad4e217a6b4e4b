using System.ComponentModel;
using System.Diagnostics;
using Gatehouse.Clients;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Control.Runtime;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Tenancy;
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

        var checks = await RunChecks.OfAsync(invocation, client);
        if (checks.Plan is not { } plan) return checks.Fault!;
        var opening = await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        await using (installation)
        {
            await SweepAsync(installation);
            var found = await RunWorkspace.FindAsync(installation, invocation.Parsed.GetValue(RunCommand.Workspace), invocation.Cancelled);
            if (found.Value is not { } workspace) return Report.Failed(new Problem(found.Error!, "gatehouse workspace list"));
            var tenants = await TenantLoad.LoadAsync(installation.Store, installation.Keys, Environment.GetEnvironmentVariable, invocation.Cancelled);
            var assembled = new RuntimeAssembler(
                    tenants.Table, plan.Gateway, Environment.GetEnvironmentVariable, ProgramVersion.Text,
                    (ConfigLoader.Load(invocation.UnkeyedInputs()).Config ?? plan.Config).Workspaces)
                .Assemble(Actor.OfThisMachine, workspace.Id, client.Id);
            if (assembled.Value is not { } key) return Report.Failed(new Problem(assembled.Error!, $"gatehouse attach {client.Id}"));
            if (RuntimeCheck.Fault(key, plan.Gateway) is { } fault) return Report.Failed(new Problem(fault));
            var choice = await RunSetup.OfAsync(invocation, client, plan, key);
            if (choice.Setup is not { } setup) return choice.Fault!;
            plan = plan with { Warnings = [.. plan.Warnings, .. choice.Warnings] };
            using var folder = RunFolder.Make(RunFolder.Root(Surroundings.OfProcess()));
            return key.Inference is not null
                ? await ThroughGatewayAsync(new RunOf(invocation, installation, client, plan, folder), workspace, key, setup)
                : await NativelyAsync(new RunOf(invocation, installation, client, plan, folder), workspace, key, setup);
        }
    }

    /// <summary>What helps where the program is missing or broken.</summary>
    public static string? Installing(Client client) => client.Installation is { } command ? $"Install it: {command}" : null;

    private static async Task<Report> ThroughGatewayAsync(RunOf run, Workspace workspace, AgentKey key, ClientSetup setup)
    {
        var tenants = run.Installation.Tenants;
        var made = await RunToken.MakeAsync(tenants.WorkspaceTokens, run.Installation.Tokens, workspace.Id, key.Harness, TimeProvider.System, run.Invocation.Cancelled);
        if (made.Value is null) return Report.Failed(new Problem(made.Error!, "gatehouse workspace list"));
        await using var token = made.Value;
        run.Folder.Note(token.Id);
        if (!run.Plan.IsOwnServer && await RunChecks.RefusalAsync(run.Plan.Gateway, token.Text, run.Invocation) is { } refused) return Report.Failed(refused);
        return await StartAsync(run, Overlays.Of(run.Client, run.Request(setup with { Token = token.Text.Reveal() }))!);
    }

    private static async Task<Report> NativelyAsync(RunOf run, Workspace workspace, AgentKey key, ClientSetup setup)
    {
        var login = new NativeLogin(key.Files.IsEmpty ? key.ApiKey : null, key.Files.FirstOrDefault(file => file.IsLogin)?.Content);
        if (Overlays.Native(run.Client, run.Request(setup), login) is not { } overlay)
            return Report.Failed(new Problem($"{run.Client.Label} can't be started with a login of that kind."));
        if (overlay.Login is not { } file || overlay.Refusal is not null) return await StartAsync(run, overlay);
        run.Folder.NoteLogin(workspace.Id, key.Harness, file);
        RunFolder.Write(overlay);
        var keeper = new LoginKeeper(run.Installation, workspace.Id, key.Harness, file, TimeProvider.System);
        Report report;
        await using (keeper)
        {
            report = await StartAsync(run, overlay, isWritten: true);
        }

        if (keeper.Trouble is { } trouble) run.Invocation.Terminal.Note($"gatehouse: warning: The login could not be taken back: {trouble}");
        return report;
    }

    private static async Task<Report> StartAsync(RunOf run, ClientOverlay overlay, bool isWritten = false)
    {
        if (overlay.Refusal is { } refusal) return Report.Failed(new Problem(refusal));
        if (!isWritten) RunFolder.Write(overlay);
        foreach (var warning in run.Plan.Warnings.Concat(overlay.Warnings)) run.Invocation.Terminal.Note($"gatehouse: warning: {warning}");
        var start = new ProcessStartInfo(run.Plan.Program, [.. overlay.Arguments, .. run.Arguments]);
        HarnessEnvironment.Dress(start.Environment, overlay, run.Plan.Config);
        try
        {
            return Report.Told(await HarnessProcess.RunAsync(start));
        }
        catch (Win32Exception e)
        {
            return Report.Failed(new Problem($"{run.Client.Label} can't be started: {e.Message}", Installing(run.Client)));
        }
    }

    private static async Task SweepAsync(Installation installation)
    {
        foreach (var left in RunFolder.Sweep(RunFolder.Root(Surroundings.OfProcess())))
        {
            if (left.Token is { } token) _ = await installation.Tokens.RevokeAsync(token.ToString());
            if (left is { WorkspaceId: { } workspace, Harness: { } harness, Login: { } login }) _ = await LoginKeeper.SyncAsync(installation, workspace, harness, login);
        }
    }

    private sealed record RunOf(Invocation Invocation, Installation Installation, Client Client, RunPlan Plan, RunFolder Folder)
    {
        public string[] Arguments => Invocation.Parsed.GetValue(RunCommand.Arguments) ?? [];

        public OverlayRequest Request(ClientSetup setup) =>
            new(setup, Folder.Path, Invocation.Parsed.GetValue(RunCommand.Isolated), Arguments, Surroundings.OfProcess());
    }
}
