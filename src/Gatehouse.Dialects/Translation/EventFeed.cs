using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Sse;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Puts an upstream's bytes, in pieces of any size, together to events and feeds them to a <see cref="StreamMap"/>. Where the pieces are cut makes no
/// difference. One per attempt, not thread-safe; allocates nothing per piece once its buffer has grown to the largest event.
/// </summary>
public sealed class EventFeed : IDisposable
{
    /// <summary>The largest event: <c>response.completed</c> repeats a whole answer, images included.</summary>
    public const int LargestEvent = 64 * 1024 * 1024;

    private readonly StreamMap _map;
    private readonly SseReader _reader = new();
    private readonly PooledBuffer _data = new();

    /// <summary>Feeds a map.</summary>
    public EventFeed(StreamMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _map = map;
        _reader.Reset();
    }

    /// <summary>Reads the next piece.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty && !_map.Ended)
        {
            var step = _reader.Next(piece, out var used, out var data);
            if (step == SseStep.Data) Add(data);
            else if (step == SseStep.Blank) Dispatch();
            piece = piece[used..];
        }
    }

    /// <summary>The upstream ended in good order. An event that lacks only its blank line counts.</summary>
    public void End()
    {
        if (_reader.HasData) Dispatch();
        _map.Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();

    private void Add(ReadOnlySpan<byte> data)
    {
        if (_reader.StartsDataLine && _data.Length > 0) _data.Append((byte)'\n');
        if (_data.Length + data.Length > LargestEvent)
        {
            _map.Fail(new DialectError(ErrorKind.BadGateway, "The provider sent an event of more than 64 MiB.", "upstream_bad_event"));
            return;
        }

        _data.Append(data);
    }

    private void Dispatch()
    {
        if (_reader.HasData && _data.Length > 0)
        {
            if (_data.Written.SequenceEqual("[DONE]"u8)) _map.Finish();
            else _map.Event(_reader.Name, _data.Written);
        }

        _data.Clear();
        _reader.EndEvent();
    }
}
