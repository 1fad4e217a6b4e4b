using Gatehouse.EndToEnd.Wire;

[assembly: AssemblyFixture(typeof(Gatehouse.EndToEnd.Stages.Stage))]

namespace Gatehouse.EndToEnd.Stages;

/// <summary>
/// The programs that every test here talks to, started once: a simulated provider and, before it, Gatehouse. Tests run on them side by
/// side.
/// </summary>
public class Stage : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private SimulatorProcess _simulator = null!;
    private ServerProcess _server = null!;

    /// <summary>The client token.</summary>
    public string Token => _server.Token;

    /// <summary>Where clients go.</summary>
    public Uri Gateway => _server.Address;

    /// <summary>The simulated provider.</summary>
    internal Uri Upstream => _simulator.Address;

    /// <summary>The line that the server printed to start an agent, by the name that it printed above it.</summary>
    internal string StartLine(string agent) => _server.StartLine(agent);

    /// <summary>Runs a command of the program on the server's data directory and configuration, in the home of somebody else, with a file on standard input or nothing.</summary>
    internal Task<(int Code, string Output, string Story)> CommandAsync(
        IReadOnlyDictionary<string, string> home, string folder, string? input, params string[] arguments) => _server.CommandAsync(home, folder, input, arguments);

    /// <summary>What the server wrote.</summary>
    internal string Story => _server.Story;

    /// <summary>Stops or kills the server, and starts it again on its data directory; <see cref="Gateway"/> is another address then.</summary>
    internal Task RestartAsync(bool isKilled) => _server.RestartAsync(isKilled);

    /// <summary>The server's data directory.</summary>
    internal string DataDirectory => _server.DataDirectory;

    /// <summary>What the provider plays besides its default script; null for nothing.</summary>
    protected virtual string? Scenario => null;

    /// <summary>Members of the server's configuration besides the provider and the models, each with a comma behind it.</summary>
    protected virtual string Configuration => "";

    /// <summary>Rules of the models before the one that takes every name, each with a comma behind it.</summary>
    protected virtual string Models => "";

    /// <summary>More providers, each with a comma before it.</summary>
    /// <param name="simulator">Where the simulated provider listens.</param>
    protected virtual string Providers(Uri simulator) => "";

    /// <summary>More variables of the server's environment.</summary>
    protected virtual IReadOnlyCollection<(string Name, string Value)> Variables => [];

    /// <summary>What the server wrote to standard error: its log.</summary>
    internal string Log => _server.Errors;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorProcess.StartAsync(Scenario);
        _server = await ServerProcess.StartAsync(_simulator.Address, Configuration, Models, Providers(_simulator.Address), Variables);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_simulator is not null) await _simulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The calls through a tee that hold <paramref name="marker"/>, each with what the provider received of it and with its row in the
    /// ledger. Fails unless
    /// the provider received each once, and as it was sent.
    /// </summary>
    internal async Task<IReadOnlyList<Carried>> CarriedAsync(RecordingTee tee, string marker)
    {
        var carried = await UnlikeAsync(tee, marker);
        foreach (var one in carried) one.ShouldBeIdentical(Token, ServerProcess.ProviderKey);
        return carried;
    }

    /// <summary>
    /// As <see cref="CarriedAsync"/>, but without holding what was received to what was sent: for calls that Gatehouse may edit.
    /// </summary>
    internal async Task<IReadOnlyList<Carried>> UnlikeAsync(RecordingTee tee, string marker)
    {
        var calls = tee.Calls.Where(call => call.Sent.Holds(marker)).ToList();
        var received = await _simulator.ReceivedAsync(marker);
        received.Count.ShouldBe(calls.Count, $"requests received by the provider against requests sent by the client; {_server.Story}");
        // A client may keep several connections and call now on one, now on the other: the order is that in which the exchanges began.
        var rows = new List<(Call Call, LedgerRow Row)>();
        foreach (var call in calls) rows.Add((call, await RowAsync(call)));
        return [.. rows.OrderBy(static one => one.Row.StartedAt).Zip(received, static (one, request) => new Carried(one.Call, request.Request, one.Row))];
    }

    /// <summary>What the provider received that holds <paramref name="marker"/>, oldest first.</summary>
    internal Task<IReadOnlyList<Received>> ReceivedAsync(string marker) => _simulator.ReceivedAsync(marker);

    /// <summary>Waits until the provider saw its caller leave before the answer to <paramref name="marker"/> was whole.</summary>
    internal async Task ShouldBeCancelledAsync(string marker)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (!(await _simulator.ReceivedAsync(marker)).Any(received => received.CallerGone)) await Task.Delay(20, limit.Token);
    }

    /// <summary>Fails when the provider received anything of <paramref name="marker"/>.</summary>
    internal async Task ShouldNotBeReceivedAsync(string marker) => (await _simulator.ReceivedAsync(marker)).ShouldBeEmpty();

    /// <summary>Runs another command of the program on the server's data directory, to its end.</summary>
    internal Task<(int Code, string Output, string Story)> CommandAsync(params string[] arguments) => _server.CommandAsync(arguments);

    /// <summary>The row of a call. It follows the end of the exchange by the moment that the journal takes to reach the database.</summary>
    internal Task<LedgerRow> RowAsync(Call call) =>
        RowAsync(call.Exchange ?? throw new InvalidOperationException($"the answer to {call.Sent.Method} {call.Sent.Target} names no exchange; {_server.Story}"));

    /// <summary>The row of an exchange, as the other.</summary>
    internal async Task<LedgerRow> RowAsync(Guid exchange)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (true)
        {
            if (LedgerRow.Find(_server.DataDirectory, exchange) is { } row) return row;
            await Task.Delay(50, limit.Token);
        }
    }
}
