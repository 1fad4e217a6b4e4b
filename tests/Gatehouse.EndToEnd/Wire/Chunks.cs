using System.Globalization;
using System.Text;

namespace Gatehouse.EndToEnd.Wire;

/// <summary>A body in the chunked coding.</summary>
/// <param name="Joined">What its chunks hold, as far as they are there.</param>
/// <param name="Whole">Whether its last chunk is there.</param>
internal sealed record Chunks(byte[] Joined, bool Whole)
{
    /// <summary>Reads the chunks at <paramref name="at"/>, which then stands behind the last one that is all there.</summary>
    public static Chunks Read(byte[] wire, ref int at)
    {
        var body = new MemoryStream();
        while (true)
        {
            var end = wire.AsSpan(at).IndexOf("\r\n"u8);
            if (end < 0) return new Chunks(body.ToArray(), Whole: false);
            var size = int.Parse(
                Encoding.ASCII.GetString(wire, at, end).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var next = at + end + 2 + size + 2;
            if (next > wire.Length) return new Chunks(body.ToArray(), Whole: false);
            body.Write(wire, at + end + 2, size);
            at = next;
            if (size == 0) return new Chunks(body.ToArray(), Whole: true);
        }
    }
}
