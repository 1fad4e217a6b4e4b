using System.Text;

namespace Gatehouse.Dialects.Tests.Json;

/// <summary>Spoils documents: what comes out is mostly JSON no more, and sometimes JSON that means something else.</summary>
internal static class JsonMutations
{
    private static readonly byte[][] s_pieces =
    [
        .. "{ } [ ] , : \" \\ \\\" \\\\ \\u \\u00e9 \\ud800 \\q \\n true false null tru nulll 0 -1 01 1. 1.5e+3 1e - +1 .5 \t \n \u0001 \u007f é {} [] \"\" \"a\":1, ,\"a\":1 /**/ \uFEFF"
            .Split(' ').Select(Encoding.UTF8.GetBytes),
        [(byte)' '], [0], [0x1f], [0x80], [0xff], [0xc3],
    ];

    /// <summary>A document with up to three changes: a piece put in, put over others or taken out, an end cut off, white space put in front.</summary>
    public static byte[] Of(ReadOnlySpan<byte> document, Random random)
    {
        var bytes = document.ToArray();
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length + 1);
            var piece = s_pieces[random.Next(s_pieces.Length)];
            var gone = Math.Min(bytes.Length - at, random.Next(3) switch { 0 => 0, 1 => piece.Length, _ => random.Next(9) });
            bytes = random.Next(8) switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], .. bytes[(at + gone)..]],
                2 => [.. Enumerable.Repeat((byte)' ', random.Next(130)), .. bytes],
                _ => [.. bytes[..at], .. piece, .. bytes[(at + gone)..]],
            };
        }

        return bytes;
    }
}
