using System.Text;

namespace Gatehouse.EndToEnd.Processes;

/// <summary>The lines that a program wrote, as they come. Any thread may use it.</summary>
internal sealed class OutputText
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<Action<string>> _waiting = [];

    /// <summary>All lines so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock) return new StringBuilder().AppendJoin('\n', _lines).ToString();
        }
    }

    /// <summary>Adds a line; null, the end of the output, is ignored.</summary>
    public void Add(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var look in _waiting) look(line);
        }
    }

    /// <summary>
    /// Completes with what <paramref name="read"/> makes of the first line that it makes something of, past lines included.
    /// </summary>
    public Task<T?> FindAsync<T>(Func<string, T?> read) where T : class
    {
        var found = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(Look);
            foreach (var line in _lines) Look(line);
        }
        return found.Task;

        void Look(string line)
        {
            if (read(line) is { } value) found.TrySetResult(value);
        }
    }
}
