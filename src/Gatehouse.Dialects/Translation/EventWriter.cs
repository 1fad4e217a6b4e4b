using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>Writes server-sent events whose data is put together by a <see cref="JsonWriter"/>. Allocates nothing per event. Not thread-safe.</summary>
internal sealed class EventWriter(PooledBuffer output)
{
    /// <summary>Writes the data of the event at hand.</summary>
    public JsonWriter Json { get; } = new(output);

    /// <summary>Begins an event with a name.</summary>
    public JsonWriter Begin(ReadOnlySpan<byte> name)
    {
        output.Append("event: "u8);
        output.Append(name);
        output.Append("\ndata: "u8);
        Json.Reset();
        return Json;
    }

    /// <summary>Begins an event without a name, as chat streams have them.</summary>
    public JsonWriter Begin()
    {
        output.Append("data: "u8);
        Json.Reset();
        return Json;
    }

    /// <summary>Ends the event at hand.</summary>
    public void End() => output.Append("\n\n"u8);

    /// <summary>Writes a chat stream's last line.</summary>
    public void Done() => output.Append("data: [DONE]\n\n"u8);
}
