namespace Gatehouse.Simulator.Recording;

/// <summary>One request as it arrived, byte for byte. Any thread may read it; the times fill in while it runs.</summary>
public sealed class ReceivedRequest
{
    private long _clientGoneTicks;
    private long _finishedTicks;
    private byte[] _body = [];

    /// <summary>When the headers had arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, and the query if there was one.</summary>
    public required string PathAndQuery { get; init; }

    /// <summary>The headers in the order of the server's table; a repeated name has several values.</summary>
    public required IReadOnlyList<KeyValuePair<string, string[]>> Headers { get; init; }

    /// <summary>The body as received; empty when it was longer than the log keeps.</summary>
    public ReadOnlyMemory<byte> Body => Volatile.Read(ref _body);

    /// <summary>When the caller went away before its answer was whole, or null.</summary>
    public DateTimeOffset? ClientGoneAt => Time(ref _clientGoneTicks);

    /// <summary>When the simulator was done with the request, or null while it runs.</summary>
    public DateTimeOffset? FinishedAt => Time(ref _finishedTicks);

    /// <summary>The status answered, or 0 when none was (yet).</summary>
    public int Status { get; internal set; }

    /// <summary>A header's values joined by commas, or null.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Value: { } values }
            ? string.Join(",", values) : null;

    /// <summary>Whether the log still has it; guarded by the log's lock.</summary>
    internal bool IsKept { get; set; }

    internal void SetBody(byte[] body) => Volatile.Write(ref _body, body);

    internal void ClientGone(DateTimeOffset at) => Interlocked.CompareExchange(ref _clientGoneTicks, at.UtcTicks, 0);

    internal void Finished(DateTimeOffset at) => Interlocked.CompareExchange(ref _finishedTicks, at.UtcTicks, 0);

    private static DateTimeOffset? Time(ref long ticks) =>
        Interlocked.Read(ref ticks) is var value && value == 0 ? null : new DateTimeOffset(value, TimeSpan.Zero);
}
