using System.Text;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>What a command writes, as far as it is kept: the beginning and the end. All of it is read, so that the command is not held up. Thread-safe.</summary>
internal sealed class BoundedOutput
{
    // Both streams of a command fit an answer.
    private const int Beginning = 8_000;
    private const int End = 16_000;
    private readonly Lock _lock = new();
    private readonly byte[] _beginning = new byte[Beginning];
    private readonly byte[] _end = new byte[End];
    private int _first;
    private long _more;

    /// <summary>Reads a stream to its end.</summary>
    public async Task TakeAsync(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer) is var read and > 0) Add(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The command is gone.
        }
    }

    /// <summary>The text that was kept, and how much was not.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            var text = Encoding.UTF8.GetString(_beginning, 0, _first);
            if (_more == 0) return text;
            var kept = (int)Math.Min(_more, End);
            var at = (int)(_more % End);
            byte[] end = _more <= End ? _end[..kept] : [.. _end[at..], .. _end[..at]];
            if (_more > End) text += $"\n[{_more - End} bytes left out]\n";
            return text + Encoding.UTF8.GetString(end);
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var first = Math.Min(bytes.Length, Beginning - _first);
            bytes[..first].CopyTo(_beginning.AsSpan(_first));
            _first += first;
            bytes = bytes[first..];
            if (bytes.Length > End)
            {
                _more += bytes.Length - End;
                bytes = bytes[^End..];
            }

            while (!bytes.IsEmpty)
            {
                var at = (int)(_more % End);
                var length = Math.Min(bytes.Length, End - at);
                bytes[..length].CopyTo(_end.AsSpan(at));
                _more += length;
                bytes = bytes[length..];
            }
        }
    }
}
