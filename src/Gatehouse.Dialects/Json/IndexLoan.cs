namespace Gatehouse.Dialects.Json;

/// <summary>
/// The thread's own index, lent for as long as one document is looked at: events of a stream come by the thousand, and none of them is looked at across an
/// await. Who asks while it is lent gets another, which is kept as well, so that one document may be read inside the reading of another. Disposing gives it back.
/// </summary>
internal readonly ref struct IndexLoan
{
    /// <summary>An index that grew beyond this gives its memory back to the pool: 48 KB.</summary>
    private const int MostKept = 4096;

    /// <summary>The one that is lent next; behind it those that were lent at the same time as it.</summary>
    [ThreadStatic]
    private static JsonIndex? t_idle;

    private IndexLoan(JsonIndex index) => Index = index;

    /// <summary>The index.</summary>
    public JsonIndex Index { get; }

    /// <summary>Lends the thread's index.</summary>
    public static IndexLoan Take()
    {
        var index = t_idle ?? new JsonIndex();
        (t_idle, index.Next) = (index.Next, null);
        return new IndexLoan(index);
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (Index.Capacity > MostKept) Index.Dispose();
        (t_idle, Index.Next) = (Index, t_idle);
    }
}
