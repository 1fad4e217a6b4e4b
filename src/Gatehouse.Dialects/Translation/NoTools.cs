namespace Gatehouse.Dialects.Translation;

/// <summary>
/// What a client is told that gives tools to a model that calls none, the same on every edge: without its tools an agent would go on as if it had them, so
/// they are never left out in silence.
/// </summary>
internal static class NoTools
{
    /// <summary>For tools.</summary>
    public const string Given = "This model calls no tools: choose another model, or leave the tools out.";

    /// <summary>For an output format, for which a tool would have to stand in.</summary>
    public const string NeededByFormat = "This model can neither be held to an output format nor calls tools, one of which could stand in: choose another model, or leave the format out.";
}
