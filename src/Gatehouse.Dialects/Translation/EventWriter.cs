using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Writes events whose data is put together by a <see cref="JsonWriter"/>: as server-sent events into a buffer, or one by one to another map of the same
/// process, which then needs no framing and nobody to take it apart again, or both. Values that are copied raw may hold line ends, where the
/// other side prints its JSON over several lines; in an event they would end the data. Allocates nothing per event. Not thread-safe.
/// </summary>
internal sealed class EventWriter : IDisposable
{
    private readonly PooledBuffer _output;
    private readonly StreamMap? _listener;
    private readonly bool _frames;
    private int _name;
    private int _nameLength;
    private int _data;

    /// <summary>Writes server-sent events.</summary>
    /// <param name="output">Where they are written. Its reader may clear it between two events.</param>
    /// <param name="listener">Takes each event as well; null for nobody.</param>
    public EventWriter(PooledBuffer output, StreamMap? listener = null)
    {
        (_output, _listener, _frames) = (output, listener, true);
        Json = new JsonWriter(output);
    }

    /// <summary>Hands each event on as soon as it is whole, and keeps none.</summary>
    /// <param name="listener">Takes the events.</param>
    public EventWriter(StreamMap listener)
    {
        (_output, _listener) = (new PooledBuffer(), listener);
        Json = new JsonWriter(_output);
    }

    /// <summary>Writes the data of the event at hand.</summary>
    public JsonWriter Json { get; }

    /// <summary>Begins an event with a name.</summary>
    public JsonWriter Begin(ReadOnlySpan<byte> name)
    {
        if (_frames) _output.Append("event: "u8);
        _name = _output.Length;
        _output.Append(name);
        _nameLength = _output.Length - _name;
        if (_frames) _output.Append("\n"u8);
        return Begin();
    }

    /// <summary>Begins an event without a name, as chat streams have them.</summary>
    public JsonWriter Begin()
    {
        if (_frames) _output.Append("data: "u8);
        _data = _output.Length;
        Json.Reset();
        return Json;
    }

    /// <summary>Ends the event at hand.</summary>
    public void End()
    {
        _output.FlattenLines(_data);
        _listener?.Event(_output.Written.Slice(_name, _nameLength), _output.Written[_data..]);
        _name = _nameLength = 0;
        if (_frames) _output.Append("\n\n"u8);
        else _output.Clear();
    }

    /// <summary>Ends a chat stream well: its last line.</summary>
    public void Done()
    {
        _listener?.Finish();
        if (_frames) _output.Append("data: [DONE]\n\n"u8);
    }

    /// <summary>Writes the error that ends a stream badly.</summary>
    /// <param name="dialect">Whose stream it is.</param>
    /// <param name="error">What to say.</param>
    /// <param name="sequenceNumber">The event's number, where the dialect has them.</param>
    public void Fail(Dialect dialect, DialectError error, long sequenceNumber = 0)
    {
        _listener?.Fail(error);
        if (_frames) DialectErrors.WriteStreamError(_output, dialect, error, requestId: null, sequenceNumber);
    }

    /// <summary>Gives back the memory of what was handed on. What was written elsewhere is its reader's.</summary>
    public void Dispose()
    {
        if (!_frames) _output.Dispose();
    }
}
