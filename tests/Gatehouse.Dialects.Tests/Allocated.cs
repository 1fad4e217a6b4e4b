namespace Gatehouse.Dialects.Tests;

/// <summary>What calls allocate.</summary>
internal static class Allocated
{
    /// <summary>
    /// What some calls allocate on this thread: the least of three runs, because the runtime itself allocates a little on any thread while it compiles anew.
    /// </summary>
    public static long By(Action calls)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            calls();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
