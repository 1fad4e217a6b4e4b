using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>Takes the text of an answer for a client, in whatever dialect.</summary>
internal interface ITextStream
{
    /// <summary>A piece of text that is still escaped.</summary>
    void Text(ReadOnlySpan<byte> escaped);

    /// <summary>A piece of plain text.</summary>
    void PlainText(ReadOnlySpan<byte> plain);
}

/// <summary>
/// Looks for stop strings in the text of an answer, for upstreams that can't be told them: text is held back as long as it may be the beginning of
/// one. Allocates nothing per delta. Not thread-safe.
/// </summary>
internal sealed class StopWatch(List<byte[]> stops, ITextStream stream) : IDisposable
{
    /// <summary>So many can be looked for: each is, in each piece of the answer.</summary>
    public const int Most = 64;

    private readonly PooledBuffer _held = new();

    /// <summary>The stop string that was found, plain; null while there is none.</summary>
    public byte[]? Found { get; private set; }

    /// <summary>Whether anything is looked for.</summary>
    public bool IsOn => stops.Count > 0;

    /// <summary>Takes a piece of text and writes what of it can't belong to a stop string. True when one was found: the text before it is written then.</summary>
    public bool Read(JsonView text)
    {
        if (!text.TryAppendPlain(_held))
        {
            Flush();
            stream.Text(text.Escaped);
            return false;
        }

        var end = Find();
        if (Found is null) end = _held.Length - Held();
        stream.PlainText(_held.Written[..end]);
        _held.DropFirst(Found is null ? end : _held.Length);
        return Found is not null;
    }

    /// <summary>Writes what is held back: something else follows the text.</summary>
    public void Flush()
    {
        if (_held.Length == 0) return;
        stream.PlainText(_held.Written);
        _held.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();

    /// <summary>
    /// The place of the stop string in the text held that was complete first, as a model that knows them would stop; of two that end together the longer one.
    /// It becomes <see cref="Found"/>.
    /// </summary>
    private int Find()
    {
        var (start, end) = (-1, int.MaxValue);
        foreach (var stop in stops)
        {
            var at = _held.Written.IndexOf(stop);
            if (at < 0 || at + stop.Length > end || (at + stop.Length == end && at > start)) continue;
            (start, end, Found) = (at, at + stop.Length, stop);
        }

        return start;
    }

    /// <summary>How many bytes at the end may be the beginning of a stop string.</summary>
    private int Held()
    {
        var text = _held.Written;
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.EndsWith(stop.AsSpan(0, length))) longest = length;
            }
        }

        return longest;
    }
}
