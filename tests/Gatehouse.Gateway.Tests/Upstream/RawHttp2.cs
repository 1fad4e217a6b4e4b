using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Writes the few frames of HTTP/2 (RFC 9113 §4) that an answer of a test is made of, on a connection whose client has just spoken first.</summary>
internal sealed class RawHttp2(RawConnection connection)
{
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    /// <summary>Reads the client's preface and waits for its request, then says our settings. Whatever else the client sends is left to <see cref="RawConnection.WaitClosedAsync"/>.</summary>
    public async Task BeginAsync()
    {
        await connection.Stream.ReadExactlyAsync(new byte[24]);
        await SendAsync(type: 4, flags: 0, stream: 0, []);
        while (await ReadTypeAsync() != 1)
        {
            // HEADERS are what is waited for.
        }
    }

    /// <summary>Sends the head of the answer to the first request.</summary>
    public Task HeadAsync(int status, bool ends, params (string Name, string Value)[] headers)
    {
        var block = new List<byte>();
        Literal(block, ":status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (name, value) in headers) Literal(block, name, value);
        return SendAsync(type: 1, ends ? (byte)(EndHeaders | EndStream) : EndHeaders, stream: 1, [.. block]);
    }

    /// <summary>Sends a piece of its body.</summary>
    public Task DataAsync(string piece, bool ends) => SendAsync(type: 0, ends ? EndStream : (byte)0, stream: 1, Encoding.Latin1.GetBytes(piece));

    // A literal that is not indexed, with its name in letters (RFC 7541 §6.2.2).
    private static void Literal(List<byte> block, string name, string value) =>
        block.AddRange([0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);

    private async Task<byte> ReadTypeAsync()
    {
        var head = new byte[9];
        await connection.Stream.ReadExactlyAsync(head);
        await connection.Stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian([0, .. head[..3]])]);
        return head[3];
    }

    private async Task SendAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await connection.Stream.WriteAsync(frame);
    }
}
