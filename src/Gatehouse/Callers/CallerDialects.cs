namespace Gatehouse.Callers;

/// <summary>The dialects that the program can speak as a caller.</summary>
internal static class CallerDialects
{
    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<ICallerDialect> All { get; } = [new MessagesCaller(), new ChatCaller(), new ResponsesCaller()];
}
