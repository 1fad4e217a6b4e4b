using System.ComponentModel;
using System.Diagnostics;
using Gatehouse.Clients;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Installations;
using Gatehouse.Integrations;

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
            return await RunAsync(invocation, client, plan, installation);
        }
    }

    private static async Task<Report> RunAsync(Invocation invocation, Client client, RunPlan plan, Installation installation)
    {
        var at = Surroundings.OfProcess();
        var root = RunFolder.Root(at);
        foreach (var left in RunFolder.Sweep(root)) await installation.Tokens.RevokeAsync(left.ToString(), invocation.Cancelled);
        using var folder = RunFolder.Make(root);
        await using var token = await RunToken.MakeAsync(installation.Tokens, client.Id, TimeProvider.System, invocation.Cancelled);
        folder.Note(token.Id);
        if (!plan.IsOwnServer && await RunChecks.RefusalAsync(plan.Setup.Gateway, token.Text, invocation) is { } refused) return Report.Failed(refused);

        string[] arguments = invocation.Parsed.GetValue(RunCommand.Arguments) ?? [];
        var isolated = invocation.Parsed.GetValue(RunCommand.Isolated);
        var overlay = Overlays.Of(client, new OverlayRequest(plan.Setup with { Token = token.Text.Reveal() }, folder.Path, isolated, arguments, at))!;
        if (overlay.Refusal is { } refusal) return Report.Failed(new Problem(refusal));
        folder.Write(overlay.Files);
        foreach (var warning in plan.Warnings.Concat(overlay.Warnings)) invocation.Terminal.Note($"gatehouse: warning: {warning}");

        var start = new ProcessStartInfo(plan.Program, [.. overlay.Arguments, .. arguments]);
        HarnessEnvironment.Dress(start.Environment, overlay, plan.Config);
        try
        {
            return Report.Told(await HarnessProcess.RunAsync(start));
        }
        catch (Win32Exception e)
        {
            return Report.Failed(new Problem($"{client.Label} can't be started: {e.Message}", Installing(client)));
        }
    }

    /// <summary>What helps where the program is missing or broken.</summary>
    public static string? Installing(Client client) => client.Installation is { } command ? $"Install it: {command}" : null;
}
