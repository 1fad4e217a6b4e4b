using System.Text.Json;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Stages;

/// <summary><c>gatehouse simulate</c> in a process of its own, on a free loopback port.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly TestFolder _folder;
    private readonly GuardedProcess _process;

    private SimulatorProcess(TestFolder folder, GuardedProcess process, Uri address) =>
        (_folder, _process, Address) = (folder, process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it and waits until it says where it listens.</summary>
    /// <param name="scenario">What its scenario file holds; null for none.</param>
    public static async Task<SimulatorProcess> StartAsync(string? scenario = null)
    {
        var folder = new TestFolder();
        string[] script = scenario is null ? [] : ["--scenario", folder.Write("scenario.json", scenario)];
        var process = GuardedProcess.Start(
            [.. RepositoryPaths.Command, "simulate", "--port", "0", .. script], folder.Environment(), folder.Path);
        try
        {
            var address = await process.ReadLineAsync(
                line => line.StartsWith("http://", StringComparison.Ordinal) ? line.Trim() : null, TimeSpan.FromSeconds(30));
            return new SimulatorProcess(folder, process, new Uri(address));
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The requests among the last 60 whose target or body holds <paramref name="marker"/>, oldest first.</summary>
    public async Task<IReadOnlyList<Received>> ReceivedAsync(string marker)
    {
        await using var stream = await _http.GetStreamAsync(new Uri(Address, "_simulator/requests?limit=60"));
        using var log = await JsonDocument.ParseAsync(stream);
        return [.. log.RootElement.GetProperty("requests").EnumerateArray().Select(Read).Where(received => received.Request.Holds(marker))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static Received Read(JsonElement request) => new(
        new SentRequest(
            request.GetProperty("method").GetString()!,
            request.GetProperty("path").GetString()!,
            [.. request.GetProperty("headers").EnumerateObject()
                .Select(header => new KeyValuePair<string, string>(header.Name, header.Value.GetString()!))],
            request.GetProperty("body_base64").GetBytesFromBase64()),
        request.GetProperty("client_gone_at").ValueKind != JsonValueKind.Null);
}
