using System.Net;

namespace Gatehouse.Gateway.Upstream;

/// <summary>A request body that writes the exchange's own segments, so that the client's bytes go out without a copy. May be sent again.</summary>
internal sealed class UpstreamBody : HttpContent
{
    private readonly ReadOnlyMemory<ReadOnlyMemory<byte>> _segments;
    private readonly long _length;
    private Task _sending = Task.CompletedTask;

    public UpstreamBody(ReadOnlyMemory<ReadOnlyMemory<byte>> segments)
    {
        _segments = segments;
        foreach (var segment in segments.Span) _length += segment.Length;
    }

    /// <summary>Ends when nobody reads the segments any more, in whatever way; the handler may send them more than once.</summary>
    public Task Sent => Volatile.Read(ref _sending);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var sending = SendAsync(stream, cancellationToken);
        Volatile.Write(ref _sending, _sending.IsCompleted ? sending : Task.WhenAll(_sending, sending));
        return sending;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    private async Task SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments.Span[i];
            if (segment.Length > 0) await stream.WriteAsync(segment, cancellationToken);
        }
    }
}
