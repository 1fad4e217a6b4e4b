namespace Gatehouse.Gateway.Routing;

/// <summary>
/// The mark that Claude Code puts behind a model's name to say which context window it plans for (<c>claude-opus-5[1m]</c>). It is the
/// client's own: routing ignores it and no upstream may get it.
/// </summary>
internal static class ContextSuffix
{
    private const string Million = "[1m]";

    /// <summary>The length of the suffix in characters; 0 when there is none, or when nothing would be left.</summary>
    public static int Length(ReadOnlySpan<char> model) =>
        model.Length > Million.Length && model.EndsWith(Million, StringComparison.OrdinalIgnoreCase) ? Million.Length : 0;
}
