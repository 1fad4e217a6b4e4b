using System.Text;

namespace Gatehouse.Clients.Edits;

/// <summary>One replacement of bytes in a file: <see cref="Length"/> bytes at <see cref="Start"/> become <see cref="Text"/>.</summary>
internal readonly record struct Splice(int Start, int Length, string Text)
{
    /// <summary>Puts a text before an offset.</summary>
    public static Splice Insert(int at, string text) => new(at, 0, text);

    /// <summary>Takes away what stands between two offsets.</summary>
    public static Splice Cut(int start, int end) => new(start, end - start, "");

    /// <summary>Puts a text in the place of what stands between two offsets.</summary>
    public static Splice Replace(int start, int end, string text) => new(start, end - start, text);

    /// <summary>The file with all splices done; they may come in any order but must not overlap. At one offset the earlier of the list comes first.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> bytes, IEnumerable<Splice> splices)
    {
        var result = new List<byte>(bytes.Length + 256);
        var done = 0;
        foreach (var splice in splices.OrderBy(splice => splice.Start))
        {
            if (splice.Start < done) throw new InvalidOperationException("splices overlap");
            result.AddRange(bytes[done..splice.Start]);
            result.AddRange(Encoding.UTF8.GetBytes(splice.Text));
            done = splice.Start + splice.Length;
        }
        result.AddRange(bytes[done..]);
        return [.. result];
    }
}
