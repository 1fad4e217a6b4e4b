namespace Gatehouse.Clients.Edits;

/// <summary>
/// Where a document breaks the rules of its language, or uses what we refuse to guess about (a key that stands twice, an unknown encoding).
/// Line and column count from 1; a column counts characters (code points), not bytes.
/// </summary>
internal sealed record SyntaxFault(int Line, int Column, string Message)
{
    /// <summary>The fault as a person reads it.</summary>
    public override string ToString() => $"line {Line}, column {Column}: {Message}";
}
