namespace Gatehouse.Terminals;

/// <summary>Marks text for a terminal, or leaves it as it is where colours are not wanted. Immutable.</summary>
/// <param name="Colours">Whether marks are made.</param>
internal sealed record Ink(bool Colours)
{
    /// <summary>Something to find again: a name, an address.</summary>
    public string Strong(string text) => Mark("1", text);

    /// <summary>Something beside the matter.</summary>
    public string Faint(string text) => Mark("2", text);

    /// <summary>All is well.</summary>
    public string Good(string text) => Mark("32", text);

    /// <summary>Something is wrong.</summary>
    public string Bad(string text) => Mark("31", text);

    /// <summary>What a person or program asked.</summary>
    public string Asked(string text) => Mark("36", text);

    /// <summary>What a tool did.</summary>
    public string Tool(string text) => Mark("33", text);

    private string Mark(string code, string text) => Colours ? $"\e[{code}m{text}\e[0m" : text;
}
