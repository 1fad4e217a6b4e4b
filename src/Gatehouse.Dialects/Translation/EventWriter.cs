using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Writes server-sent events whose data is put together by a <see cref="JsonWriter"/>. Values that are copied raw may hold line ends, where the
/// other side prints its JSON over several lines; in an event they would end the data. Allocates nothing per event. Not thread-safe.
/// </summary>
internal sealed class EventWriter(PooledBuffer output)
{
    private int _start;

    /// <summary>Writes the data of the event at hand.</summary>
    public JsonWriter Json { get; } = new(output);

    /// <summary>Begins an event with a name.</summary>
    public JsonWriter Begin(ReadOnlySpan<byte> name)
    {
        output.Append("event: "u8);
        output.Append(name);
        output.Append("\n"u8);
        return Begin();
    }

    /// <summary>Begins an event without a name, as chat streams have them.</summary>
    public JsonWriter Begin()
    {
        output.Append("data: "u8);
        _start = output.Length;
        Json.Reset();
        return Json;
    }

    /// <summary>Ends the event at hand.</summary>
    public void End()
    {
        output.FlattenLines(_start);
        output.Append("\n\n"u8);
    }

    /// <summary>Writes a chat stream's last line.</summary>
    public void Done() => output.Append("data: [DONE]\n\n"u8);
}
