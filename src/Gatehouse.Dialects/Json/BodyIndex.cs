namespace Gatehouse.Dialects.Json;

/// <summary>
/// Where the values of a request's body lie: read once, for the envelope's scan and for every translation that follows. For bodies that will be translated;
/// the scan alone costs a third of it. Whoever made it disposes it, which gives its memory back, and not while a translation runs. The body must not
/// change meanwhile. Not thread-safe.
/// </summary>
public sealed class BodyIndex : IDisposable
{
    private readonly ReadOnlyMemory<byte> _body;

    private BodyIndex(ReadOnlyMemory<byte> body) => _body = body;

    /// <summary>The places.</summary>
    internal JsonIndex Index { get; } = new();

    /// <summary>Reads a body; null for one that is not JSON, or holds more values than any index does: who looks at it next says what is wrong with it.</summary>
    public static BodyIndex? TryRead(ReadOnlyMemory<byte> body)
    {
        var read = new BodyIndex(body);
        if (JsonIndexer.TryRead(body.Span, read.Index) && read.Index.IsWhole) return read;
        read.Dispose();
        return null;
    }

    /// <summary>Whether it is of these very bytes, and still there.</summary>
    internal bool IsOf(ReadOnlySpan<byte> body) => Index.Count > 0 && body == _body.Span;

    /// <inheritdoc/>
    public void Dispose() => Index.Dispose();
}
