using System.Net;

namespace Gatehouse.Gateway.Upstream;

/// <summary>A request body that writes the exchange's own segments, so that the client's bytes go out without a copy. May be sent again.</summary>
internal sealed class UpstreamBody : HttpContent
{
    private readonly ReadOnlyMemory<ReadOnlyMemory<byte>> _segments;
    private readonly long _length;

    public UpstreamBody(ReadOnlyMemory<ReadOnlyMemory<byte>> segments)
    {
        _segments = segments;
        foreach (var segment in segments.Span) _length += segment.Length;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments.Span[i];
            if (segment.Length > 0) await stream.WriteAsync(segment, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
