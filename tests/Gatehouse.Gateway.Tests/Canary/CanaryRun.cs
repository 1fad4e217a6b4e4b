using System.Text;
using System.Text.Json;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Canary;

/// <summary>Sends requests to a gateway and gathers all that could be read of them afterwards.</summary>
internal sealed class CanaryRun(GatewayHarness gateway, CapturedLog log)
{
    private readonly Traces _traces = new();

    public async Task<RawAnswer?> SendAsync(string request)
    {
        using var client = await RawClient.ConnectAsync(gateway.Address);
        await client.SendAsync(request);
        var answer = await client.ReadAsync();
        if (answer is null) return null;
        var heads = string.Join('\n', answer.Headers.Select(h => $"{h.Key}: {h.Value}"));
        _traces.Add(Place.Answers, request[..request.IndexOf('\r', StringComparison.Ordinal)], heads + "\n\n" + answer.Body);
        return answer;
    }

    /// <summary>Gathers. The files are read while the gateway runs, so that write-ahead log and journal are still there.</summary>
    public async Task<Traces> GatherAsync()
    {
        foreach (var row in await gateway.RowsAsync()) _traces.Add(Place.Ledger, "row " + row.Id, JsonSerializer.Serialize(row));
        foreach (var path in (string[])["/metrics", "/health", "/readyz", "/healthz"])
        {
            _traces.Add(path == "/metrics"
                ? Place.Metrics : Place.Health, path, await gateway.Client.GetStringAsync(new Uri(gateway.Address, path)));
        }

        foreach (var file in Directory.EnumerateFiles(gateway.DataDirectory, "*", SearchOption.AllDirectories))
        {
            // The configuration is what the operator wrote; it is read here, not written.
            if (file != gateway.ConfigFile) _traces.Add(Place.Files, file, await ReadAsync(file));
        }

        foreach (var entry in log.Entries) _traces.Add(Place.Log, "log", entry);
        foreach (var received in gateway.Simulator?.Received.All ?? [])
        {
            var head = string.Join('\n', received.Headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
            _traces.Add(Place.Upstream, received.PathAndQuery,
                $"{received.Method} {received.PathAndQuery}\n{head}\n\n{Encoding.UTF8.GetString(received.Body.Span)}");
        }

        return _traces;
    }

    /// <summary>Adds what an upstream of the test's own received.</summary>
    public void Received(string head) => _traces.Add(Place.Upstream, "upstream", head);

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
