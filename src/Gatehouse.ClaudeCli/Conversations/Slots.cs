namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>
/// How many turns may run at once. Whoever waits is served in order, but conversations that go on before new ones: their processes are waiting too.
/// Thread-safe.
/// </summary>
internal sealed class Slots(int limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _continuing = new();
    private readonly LinkedList<TaskCompletionSource> _beginning = new();
    private int _taken;

    /// <summary>How many turns run.</summary>
    public int Taken
    {
        get
        {
            lock (_lock) return _taken;
        }
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _continuing.Count + _beginning.Count;
        }
    }

    /// <summary>Takes a slot, waiting for one if need be. Each is given back once by <see cref="Leave"/>.</summary>
    public async ValueTask EnterAsync(bool continues, CancellationToken cancellation)
    {
        var queue = continues ? _continuing : _beginning;
        TaskCompletionSource turn;
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_taken < limit)
            {
                _taken++;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            node = queue.AddLast(turn);
        }

        await using var registration = cancellation.UnsafeRegister(
            _ =>
            {
                lock (_lock)
                {
                    // Given the slot just now: then it is the waiter's, who gives it back.
                    if (node.List is null) return;
                    queue.Remove(node);
                }

                turn.TrySetCanceled(cancellation);
            },
            null);
        await turn.Task;
    }

    /// <summary>Gives a slot back, to the next who waits.</summary>
    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            var queue = _continuing.Count > 0 ? _continuing : _beginning;
            next = queue.First?.Value;
            if (next is null) _taken--;
            else queue.RemoveFirst();
        }

        next?.SetResult();
    }
}
