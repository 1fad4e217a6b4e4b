using Gatehouse.EndToEnd.Wire;
using Gatehouse.Simulator;

[assembly: AssemblyFixture(typeof(Gatehouse.EndToEnd.Stages.Stage))]

namespace Gatehouse.EndToEnd.Stages;

/// <summary>The programs that every test here talks to, started once. Tests run on it side by side.</summary>
public sealed class Stage : IAsyncLifetime
{
    private SimulatorServer _simulator = null!;

    /// <summary>The client token.</summary>
    public string Token => "client-token";

    /// <summary>Where clients go.</summary>
    public Uri Gateway => _simulator.Address;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _simulator = await SimulatorServer.StartAsync(new SimulatorOptions());

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    /// <summary>The calls through a tee whose body or target holds <paramref name="marker"/>, each with what the provider received of it, held to be the same.</summary>
    internal Task<IReadOnlyList<Carried>> CarriedAsync(RecordingTee tee, string marker)
    {
        var calls = tee.Calls.Where(call => Holds(call.Sent, marker)).ToList();
        var received = _simulator.Received.All
            .Select(request => new SentRequest(request.Method, request.PathAndQuery,
                [.. request.Headers.Select(header => new KeyValuePair<string, string>(header.Key, string.Join(",", header.Value)))], request.Body.ToArray()))
            .Where(request => Holds(request, marker)).ToList();
        received.Count.ShouldBe(calls.Count, "requests received by the provider against requests sent by the client");
        return Task.FromResult<IReadOnlyList<Carried>>([.. calls.Select(call => new Carried(call, received.First(request => request.Body.AsSpan().SequenceEqual(call.Sent.Body))))]);
    }

    /// <summary>Waits until the provider saw its caller leave before the answer to <paramref name="marker"/> was whole.</summary>
    internal async Task ShouldBeCancelledAsync(string marker)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!_simulator.Received.All.Any(request => request.ClientGoneAt is not null && System.Text.Encoding.UTF8.GetString(request.Body.Span).Contains(marker, StringComparison.Ordinal)))
            await Task.Delay(20, limit.Token);
    }

    private static bool Holds(SentRequest request, string marker) =>
        request.Target.Contains(marker, StringComparison.Ordinal) || request.Text.Contains(marker, StringComparison.Ordinal);
}
