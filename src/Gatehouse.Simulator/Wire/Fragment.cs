namespace Gatehouse.Simulator.Wire;

/// <summary>Cuts text into pieces without splitting a surrogate pair, whose halves could not be written as UTF-8.</summary>
internal static class Fragment
{
    /// <summary>Pieces of <paramref name="size"/> characters, one more where a pair would be split.</summary>
    public static IEnumerable<string> Cut(string text, int size)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = Math.Min(text.Length, at + size);
            if (end < text.Length && char.IsHighSurrogate(text[end - 1])) end++;
            yield return text[at..end];
            at = end;
        }
    }
}
