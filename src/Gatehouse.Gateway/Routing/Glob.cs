namespace Gatehouse.Gateway.Routing;

/// <summary>
/// A pattern of model names in which <c>*</c> matches any run of characters, the empty one too, and everything else matches itself, upper
/// and lower case apart. Matching takes the leftmost place for each piece and never goes back, so its time is bounded by pattern × name.
/// Immutable.
/// </summary>
internal sealed class Glob
{
    private readonly string[] _pieces;

    public Glob(string pattern)
    {
        Pattern = pattern;
        _pieces = pattern.Split('*');
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Whether there is no <c>*</c>, so that only the name itself matches.</summary>
    public bool IsExact => _pieces.Length == 1;

    /// <summary>Whether the name matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> name)
    {
        var first = _pieces[0];
        if (IsExact) return name.SequenceEqual(first);
        var last = _pieces[^1];
        if (name.Length < first.Length + last.Length) return false;
        if (!name.StartsWith(first, StringComparison.Ordinal) || !name.EndsWith(last, StringComparison.Ordinal)) return false;

        var middle = name[first.Length..^last.Length];
        for (var i = 1; i < _pieces.Length - 1; i++)
        {
            var at = middle.IndexOf(_pieces[i], StringComparison.Ordinal);
            if (at < 0) return false;
            middle = middle[(at + _pieces[i].Length)..];
        }

        return true;
    }
}
