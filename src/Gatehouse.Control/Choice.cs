namespace Gatehouse.Control;

/// <summary>Finds the one thing that a person means, by its id or, where that is no one's, by its name.</summary>
internal static class Choice
{
    /// <summary>
    /// The one that is meant. <paramref name="visible"/> holds only what the actor may reach, so that another owner's is as absent as what
    /// does not exist.
    /// </summary>
    public static Edited<T> One<T>(IEnumerable<T> visible, string what, string asked, Func<T, string> id, Func<T, string> name)
        where T : class
    {
        var rows = visible.ToList();
        if (rows.Find(row => id(row) == asked) is { } byId) return Edited.Done(byId);
        return rows.FindAll(row => name(row) == asked) switch
        {
            [var one] => Edited.Done(one),
            [] => Edited.Missing<T>(what, asked),
            var several => Edited.Conflict<T>(GivenName.Ambiguous($"{what}s", asked, several.Select(row => $"{id(row)}  {name(row)}"))),
        };
    }
}
