using System.ComponentModel;
using System.Diagnostics;
using Gatehouse.Catalog;
using Gatehouse.Clients;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Control.Runtime;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>One run of a harness, once it is known what it is started with: through the gateway, or with its vendor's own login.</summary>
/// <param name="invocation">The command line.</param>
/// <param name="server">The Gatehouse that the run belongs to.</param>
/// <param name="client">The harness.</param>
/// <param name="plan">What it is made from.</param>
/// <param name="folder">The run's folder.</param>
/// <param name="workspace">The workspace's id.</param>
/// <param name="key">What the harness is started with.</param>
internal sealed class HarnessRun(
    Invocation invocation, IRunServer server, Client client, RunPlan plan, RunFolder folder, string workspace, AgentKey key)
{
    private string[] Arguments => invocation.Parsed.GetValue(RunCommand.Arguments) ?? [];

    private TimeSpan Life => invocation.Parsed.GetValue(RunCommand.TokenLife) is { } seconds ? TimeSpan.FromSeconds(seconds) : RunToken.Life;

    // The variable for the address at which this harness refreshes its login; null when it has none, or is not to refresh there.
    private string? RefreshVariable => HarnessCatalog.Embedded.Find(key.Harness)?.RefreshVariable is { } name && key.Environment.ContainsKey(name) ? name : null;

    /// <summary>Starts the harness and stays until it has ended.</summary>
    public async Task<Report> StartAsync(ClientSetup setup)
    {
        // A login needs no token of ours, unless it is refreshed here; elsewhere, the token also tells whether the run may go on.
        if (key.Inference is null && RefreshVariable is null && server.Name is null) return await NativelyAsync(setup, null);
        var made = await RunToken.MakeAsync(server, workspace, key.Harness, Life, TimeProvider.System, invocation.Cancelled);
        if (made.Value is null) return Report.Failed(new Problem(made.Error!, server.Name is null ? "gatehouse workspace list" : null));
        await using var token = made.Value;
        folder.Note(server.Runner is { } runner ? [token.Id, runner] : [token.Id]);
        if (!plan.IsOwnServer && await RunChecks.RefusalAsync(plan.Gateway, token.Text, invocation) is { } refused) return Report.Failed(refused);
        return key.Inference is null
            ? await NativelyAsync(setup, token)
            : await StartAsync(Overlays.Of(client, Request(setup with { Token = token.Text.Reveal() }))!, token);
    }

    private async Task<Report> NativelyAsync(ClientSetup setup, RunToken? token)
    {
        var login = new NativeLogin(key.Files.IsEmpty ? key.ApiKey : null, key.Files.FirstOrDefault(file => file.IsLogin)?.Content, Refresh(token));
        if (Overlays.Native(client, Request(setup), login) is not { } overlay)
            return Report.Failed(new Problem($"{client.Label} can't be started with a login of that kind."));
        if (overlay.Login is not { } file || overlay.Refusal is not null) return await StartAsync(overlay, token);
        folder.NoteLogin(workspace, key.Harness, file);
        RunFolder.Write(overlay);
        var keeper = new LoginKeeper(server, workspace, key.Harness, file, TimeProvider.System);
        Report report;
        await using (keeper)
        {
            report = await StartAsync(overlay, token, isWritten: true);
        }

        if (keeper.Trouble is { } trouble) invocation.Terminal.Note($"gatehouse: warning: The login could not be taken back: {trouble}");
        return report;
    }

    private Secret? Refresh(RunToken? token) => token is not null && RefreshVariable is { } name
        ? Secret.From(key.Environment[name].Replace(AgentKey.TokenPlace, Uri.EscapeDataString(token.Text.Reveal()), StringComparison.Ordinal)) : null;

    private async Task<Report> StartAsync(ClientOverlay overlay, RunToken? token, bool isWritten = false)
    {
        if (overlay.Refusal is { } refusal) return Report.Failed(new Problem(refusal));
        if (!isWritten) RunFolder.Write(overlay);
        foreach (var warning in plan.Warnings.Concat(overlay.Warnings)) invocation.Terminal.Note($"gatehouse: warning: {warning}");
        var start = new ProcessStartInfo(plan.Program, [.. overlay.Arguments, .. Arguments]);
        HarnessEnvironment.Dress(start.Environment, overlay, plan.Config);
        // On this machine a run goes on and is refused: whoever ended its token sees that.
        var over = server.Name is null ? default : token?.Over ?? default;
        try
        {
            var code = await HarnessProcess.RunAsync(start, over);
            return over.IsCancellationRequested
                ? Report.Failed(new Problem($"{client.Label} was ended, for its run may not go on. {token!.Why}"))
                : Report.Told(code);
        }
        catch (Win32Exception e)
        {
            return Report.Failed(new Problem($"{client.Label} can't be started: {e.Message}", RunVerb.Installing(client)));
        }
    }

    private OverlayRequest Request(ClientSetup setup) =>
        new(setup, folder.Path, invocation.Parsed.GetValue(RunCommand.Isolated), Arguments, Surroundings.OfProcess());
}
