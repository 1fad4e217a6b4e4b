using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>An exchange that was let in, with what was read of its request. Disposing it opens the gate for another.</summary>
internal sealed class Admitted(Exchange exchange, AccessToken token, GatewaySnapshot snapshot, RequestBody? body, RequestEnvelope envelope, ExchangeGate gate)
    : IDisposable
{
    private readonly RequestEnvelope _envelope = envelope;
    private PooledBuffer? _whole;
    private bool _prepared;

    /// <summary>Where the values of the body lie, when it is likely translated; null for others. It goes with the body.</summary>
    public BodyIndex? Index { get; init; }

    /// <summary>The exchange.</summary>
    public Exchange Exchange { get; } = exchange;

    /// <summary>That its user has made as many requests as may be: it is written down, answered so, and nothing else of it was read. Null for all others.</summary>
    public LimitRefusal? Full { get; init; }

    /// <summary>Who calls.</summary>
    public AccessToken Token { get; } = token;

    /// <summary>The configuration that the whole exchange goes by, also when another is loaded meanwhile.</summary>
    public GatewaySnapshot Snapshot { get; } = snapshot;

    /// <summary>The body; empty for calls without one, and after <see cref="ReleaseBody"/>.</summary>
    public ReadOnlyMemory<byte> Body => body?.Bytes ?? default;

    /// <summary>What the scan of the body found.</summary>
    public ref readonly RequestEnvelope Envelope => ref _envelope;

    /// <summary>The stored response that the request continues, or null.</summary>
    public string? ContinuedId { get; private set; }

    /// <summary>Whether the gateway itself may keep the response that the request speaks of: its store could not be asked in time.</summary>
    public bool MayBeKept { get; set; }

    /// <summary>The body with the turns before it written out, for an upstream that keeps none; the body itself when it continues nothing.</summary>
    public ReadOnlyMemory<byte> Whole => _whole is null ? Body : _whole.WrittenMemory;

    /// <summary>Takes a share of what bodies may take in all for the turns that the request continues; false when there is none left. It goes back with the body's.</summary>
    public bool TryTake(long bytes) => body!.TryTake(bytes, Snapshot.Config.Limits.MaxBodiesInMemoryBytes);

    /// <summary>Writes out the turns that the request continues; false when they can't be read any more.</summary>
    public bool TryContinue(string id, IReadOnlyList<StoredTurn> turns)
    {
        _whole = new PooledBuffer();
        ContinuedId = id;
        return ResponsesTurns.TryContinue(
            Body.Span, [.. turns.Select(static t => ((ReadOnlyMemory<byte>)t.Input, (ReadOnlyMemory<byte>)t.Response))], _whole);
    }

    /// <summary>
    /// Puts what our own compaction items hold back in words, and makes a compact call one that asks for a summary. Does it once, however many attempts
    /// there are.
    /// </summary>
    public void PrepareFor(StateSeal compactions)
    {
        if (_prepared) return;
        _prepared = true;
        var expanded = new PooledBuffer();
        if (ResponsesCompaction.TryExpand(Whole.Span, compactions, expanded)) Replace(expanded);
        if (Exchange.Route.Operation != ExchangeOperation.ResponsesCompact) return;
        var asking = new PooledBuffer();
        if (ResponsesCompaction.TryWriteRequest(Whole.Span, asking)) Replace(asking);
    }

    /// <summary>A string of the body, unescaped.</summary>
    public string Text(ByteRange range, bool escaped)
    {
        var raw = Body.Span.Slice(range.Start, range.Length);
        return escaped ? JsonSerializer.Deserialize<string>(Quoted(raw)) ?? "" : Encoding.UTF8.GetString(raw);
    }

    /// <summary>Gives the body's memory back, but for its share of what bodies may take in all: its translation alone is sent from here on.</summary>
    public void ReplaceBody()
    {
        Index?.Dispose();
        Forget();
        body?.Replaced();
    }

    /// <summary>Gives the body's memory back: no further attempt will be made.</summary>
    public void ReleaseBody()
    {
        Index?.Dispose();
        Forget();
        body?.Dispose();
    }

    private void Forget()
    {
        _whole?.Dispose();
        _whole = null;
    }

    private void Replace(PooledBuffer whole)
    {
        _whole?.Dispose();
        _whole = whole;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReleaseBody();
        gate.Leave();
    }

    private static byte[] Quoted(ReadOnlySpan<byte> raw)
    {
        var quoted = new byte[raw.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        raw.CopyTo(quoted.AsSpan(1));
        return quoted;
    }
}
