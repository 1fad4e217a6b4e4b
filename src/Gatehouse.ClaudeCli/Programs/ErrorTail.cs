namespace Gatehouse.ClaudeCli.Programs;

/// <summary>The last lines that the program wrote to standard error, for the words of an error. Bounded. Thread-safe.</summary>
internal sealed class ErrorTail
{
    private const int MostLines = 20;
    private const int LongestLine = 400;
    private readonly Queue<string> _lines = new();

    /// <summary>Keeps a line.</summary>
    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line.Length > LongestLine ? line[..LongestLine] : line);
            if (_lines.Count > MostLines) _lines.Dequeue();
        }
    }

    /// <summary>The lines kept, joined.</summary>
    public override string ToString()
    {
        lock (_lines) return string.Join('\n', _lines);
    }
}
