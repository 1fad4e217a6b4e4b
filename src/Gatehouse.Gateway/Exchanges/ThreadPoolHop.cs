using System.Runtime.CompilerServices;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Awaited, it goes on on a thread of the pool: what takes more than some tens of microseconds must not hold the socket's thread. Stateless.</summary>
internal sealed class ThreadPoolHop : ICriticalNotifyCompletion
{
    public static ThreadPoolHop Instance { get; } = new();

    public bool IsCompleted => false;

    public ThreadPoolHop GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
