namespace Gatehouse.Gateway.Admission;

/// <summary>Counts the bytes of request bodies held in memory, over all requests, against one limit. Thread-safe.</summary>
internal sealed class BodyBudget
{
    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes bytes out of the budget; false (and nothing taken) when they do not fit.</summary>
    public bool TryTake(long bytes, long limit)
    {
        if (Interlocked.Add(ref _held, bytes) <= limit) return true;
        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _held, -bytes);
}
