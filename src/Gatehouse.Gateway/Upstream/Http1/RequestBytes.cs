using System.Buffers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// Writes one request as bytes: its head and, as far as they fit behind it, the first bytes of its body, so that a small request goes out
/// in one send. The buffer is borrowed: whoever makes one disposes of it when it is sent.
/// </summary>
internal ref struct RequestBytes : IHeaderSink
{
    private const int FirstRent = 16 * 1024;
    private static readonly SearchValues<char> s_breaks = SearchValues.Create("\r\n\0");

    private readonly bool _hasBody;
    private byte[] _buffer;
    private int _length;

    private RequestBytes(bool hasBody)
    {
        _hasBody = hasBody;
        _buffer = ArrayPool<byte>.Shared.Rent(FirstRent);
    }

    /// <summary>Writes the request's head and what fits of its body.</summary>
    /// <returns>The borrowed buffer, how many bytes of it are used, and how many bytes of the body are among them.</returns>
    public static (byte[] Buffer, int Length, int BodyBytes) Write(
        UpstreamRequest request, ProviderTarget target, CallAddress address, LentCredential? credential)
    {
        var body = request.Body.Span;
        var hasBody = body.Length > 0 || request.Method == "POST";
        var bytes = new RequestBytes(hasBody);
        bytes.Ascii(request.Method);
        bytes.Raw(address.RequestLineEnd);
        RequestHeaders.Write(request, target, credential, ref bytes);
        if (hasBody) bytes.ContentLength(body);
        bytes.Raw("\r\n"u8);
        var head = bytes._length;
        bytes.Fill(body);
        return (bytes._buffer, bytes._length, bytes._length - head);
    }

    /// <inheritdoc/>
    public void Add(RequestHeaderName name, StringValues values)
    {
        if (name.DescribesContent && !_hasBody) return;
        if (values.Count == 1) Line(name, values[0]);
        else if (values.Count > 1) Line(name, string.Join(", ", values.ToArray()));
    }

    private void Line(RequestHeaderName name, string? value)
    {
        // The server lets none of these in and the configuration neither; one would begin a header, or a request, of its own.
        if (value is null || value.AsSpan().ContainsAny(s_breaks)) return;
        Room(name.Line.Length + value.Length + 2);
        name.Line.CopyTo(_buffer, _length);
        _length += name.Line.Length;
        _length += Encoding.Latin1.GetBytes(value, _buffer.AsSpan(_length));
        _buffer[_length++] = (byte)'\r';
        _buffer[_length++] = (byte)'\n';
    }

    private void ContentLength(ReadOnlySpan<ReadOnlyMemory<byte>> body)
    {
        var length = 0L;
        foreach (var segment in body) length += segment.Length;
        Raw("content-length: "u8);
        Room(24);
        length.TryFormat(_buffer.AsSpan(_length), out var written);
        _length += written;
        Raw("\r\n"u8);
    }

    private void Fill(ReadOnlySpan<ReadOnlyMemory<byte>> body)
    {
        foreach (var segment in body)
        {
            var fits = Math.Min(segment.Length, _buffer.Length - _length);
            segment.Span[..fits].CopyTo(_buffer.AsSpan(_length));
            _length += fits;
            if (fits < segment.Length) return;
        }
    }

    private void Ascii(string text)
    {
        Room(text.Length);
        _length += Encoding.Latin1.GetBytes(text, _buffer.AsSpan(_length));
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Room(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Room(int bytes)
    {
        if (_buffer.Length - _length >= bytes) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
