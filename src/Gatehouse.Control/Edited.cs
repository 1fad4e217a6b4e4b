namespace Gatehouse.Control;

/// <summary>Why an edit was refused, for programs.</summary>
public enum EditRefusal : byte
{
    /// <summary>What was given can't be taken.</summary>
    Invalid,

    /// <summary>There is no such thing, or it is not the actor's: the two are not told apart.</summary>
    NotFound,

    /// <summary>The actor may not do this, whatever it is done to.</summary>
    Forbidden,

    /// <summary>It does not agree with what is there, such as a name that is taken, or someone else was faster.</summary>
    Conflict,
}

/// <summary>The names of refusals, as programs are told them. Never rename.</summary>
internal static class EditRefusals
{
    /// <summary><c>invalid</c>, <c>not-found</c>, <c>forbidden</c> or <c>conflict</c>.</summary>
    public static string Name(this EditRefusal refusal) => refusal switch
    {
        EditRefusal.NotFound => "not-found",
        EditRefusal.Forbidden => "forbidden",
        EditRefusal.Conflict => "conflict",
        _ => "invalid",
    };
}

/// <summary>What an edit came to: its result, or why it was refused, which is for the person who asked and holds no secret.</summary>
/// <param name="Value">The result; null when refused.</param>
/// <param name="Error">Why it was refused and what helps; null when it was done.</param>
/// <param name="Refusal">The same for programs; null when it was done.</param>
public sealed record Edited<T>(T? Value, string? Error, EditRefusal? Refusal = null)
    where T : class
{
    /// <summary>The refusal of another edit, passed on.</summary>
    internal Edited<TOther> As<TOther>()
        where TOther : class => new(null, Error, Refusal);
}

/// <summary>Makes the forms of <see cref="Edited{T}"/>.</summary>
internal static class Edited
{
    public static Edited<T> Done<T>(T value)
        where T : class => new(value, null);

    public static Edited<T> Refused<T>(string error, EditRefusal refusal = EditRefusal.Invalid)
        where T : class => new(null, error, refusal);

    public static Edited<T> Missing<T>(string what, string asked)
        where T : class => Refused<T>($"There is no {what} with the id or name '{asked}'.", EditRefusal.NotFound);

    public static Edited<T> Forbidden<T>(string error)
        where T : class => Refused<T>(error, EditRefusal.Forbidden);

    public static Edited<T> Conflict<T>(string error)
        where T : class => Refused<T>(error, EditRefusal.Conflict);
}

/// <summary>A new value for a member that may be emptied: given or not given is told by whether there is one of these.</summary>
/// <param name="To">The new value.</param>
public sealed record Change<T>(T To);
