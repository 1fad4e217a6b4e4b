using Gatehouse.Storage.Journals;

namespace Gatehouse.Gateway.Metering;

/// <summary>How far the journal is stored, and who waits for it to be further. Thread-safe.</summary>
internal sealed class StoredMark
{
    private readonly Lock _gate = new();
    private readonly List<(JournalPosition Position, TaskCompletionSource Done)> _waiting = [];
    private JournalPosition _reached;

    /// <summary>A task that ends when everything before <paramref name="position"/> is stored.</summary>
    public Task WaitForAsync(JournalPosition position)
    {
        lock (_gate)
        {
            if (position <= _reached) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((position, done));
            return done.Task;
        }
    }

    /// <summary>Everything before <paramref name="position"/> is stored.</summary>
    public void Reached(JournalPosition position)
    {
        lock (_gate)
        {
            if (position <= _reached) return;
            _reached = position;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Position > position) continue;
                _waiting[i].Done.TrySetResult();
                _waiting.RemoveAt(i);
            }
        }
    }
}
