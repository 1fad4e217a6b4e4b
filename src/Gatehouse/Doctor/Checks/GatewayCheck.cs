using System.Text.Json;
using Gatehouse.Processes;

namespace Gatehouse.Doctor.Checks;

/// <summary>A server holds the data directory, answers, and may be sent calls.</summary>
internal sealed class GatewayCheck : Check
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override string Id => "gateway";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation) => scene.Server switch
    {
        null => [CheckResult.Failed($"No server runs on {scene.Directory}.", "Start it: gatehouse serve")],
        { Address: null } starting => [CheckResult.Failed(
            $"Process {starting.ProcessId} holds {scene.Directory} but listens nowhere.", "It may be starting or reading its journal. If it stays so, stop it and start it again.")],
        { Health: null } silent => [CheckResult.Failed(
            $"Process {silent.ProcessId} does not answer on {silent.Address}.", "Look at its log, stop it and start it again.")],
        var running => [await ReadyAsync(running, cancellation)],
    };

    private static async Task<CheckResult> ReadyAsync(RunningServer server, CancellationToken cancellation)
    {
        using var http = LocalHttp.Open(RunningServer.Reachable(server.Address!), s_limit);
        try
        {
            using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative), cancellation);
            if (answer.IsSuccessStatusCode) return CheckResult.Ok($"Process {server.ProcessId} serves on {server.Address}.");
            using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            var reasons = string.Join(", ", said.RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
            return CheckResult.Failed($"The server on {server.Address} takes no calls now: {reasons}.", "See the other checks; 'gatehouse status' shows its providers.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return CheckResult.Failed($"The server on {server.Address} answers /health but not /readyz: {e.Message}", "Another program may have taken its address. Start the server again.");
        }
    }
}
