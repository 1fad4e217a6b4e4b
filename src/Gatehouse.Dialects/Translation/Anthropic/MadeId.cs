using System.Buffers.Text;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Ids that the upstream does not give: made of the exchange's own and a number, so that the same exchange gives the same bytes.</summary>
internal static class MadeId
{
    /// <summary>The most bytes that an id takes, with a prefix of at most 16.</summary>
    public const int Longest = 64;

    /// <summary>Makes an id.</summary>
    /// <param name="context">Whose exchange it is.</param>
    /// <param name="memory">Where it is written; <see cref="Longest"/> bytes.</param>
    /// <param name="prefix">What it begins with, such as <c>toolu_</c>.</param>
    /// <param name="number">Which of the exchange's ids it is; 0 for its only one.</param>
    public static ReadOnlySpan<byte> Make(EdgeContext context, Span<byte> memory, ReadOnlySpan<byte> prefix, int number)
    {
        prefix.CopyTo(memory);
        var length = prefix.Length;
        _ = context.ExchangeId.TryFormat(memory[length..], out var written, "N");
        length += written;
        if (number == 0) return memory[..length];
        memory[length++] = (byte)'_';
        _ = Utf8Formatter.TryFormat(number, memory[length..], out written);
        return memory[..(length + written)];
    }
}
