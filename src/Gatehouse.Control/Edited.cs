namespace Gatehouse.Control;

/// <summary>What an edit came to: its result, or why it was refused, which is for the person who asked and holds no secret.</summary>
/// <param name="Value">The result; null when refused.</param>
/// <param name="Error">Why it was refused and what helps; null when it was done.</param>
public sealed record Edited<T>(T? Value, string? Error)
    where T : class;

/// <summary>Makes the two forms of <see cref="Edited{T}"/>.</summary>
internal static class Edited
{
    public static Edited<T> Done<T>(T value)
        where T : class => new(value, null);

    public static Edited<T> Refused<T>(string error)
        where T : class => new(null, error);
}
