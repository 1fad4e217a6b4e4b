using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.Simulator.Wire;

/// <summary>Where an event stands in its stream; faults are placed by it.</summary>
internal enum EventRole
{
    /// <summary>Frames the answer: starts, stops, pings.</summary>
    Frame,

    /// <summary>Carries a piece of the answer.</summary>
    Delta,

    /// <summary>Belongs to the end that clients wait for: the stop reason, the final usage, the last event.</summary>
    Terminal,
}

/// <summary>One server-sent event, its payload ready to be written.</summary>
/// <param name="Name">The <c>event:</c> line's value; null writes none (Chat Completions).</param>
/// <param name="Data">The payload, one line of JSON or <c>[DONE]</c>.</param>
/// <param name="Role">Where it stands in the stream.</param>
internal readonly record struct SseEvent(string? Name, byte[] Data, EventRole Role)
{
    /// <summary>An event whose name is its payload's <c>type</c>, as Anthropic and Responses send them.</summary>
    public static SseEvent Typed(string type, JsonObject payload, EventRole role = EventRole.Frame) =>
        new(type, Json.Compact(payload), role);

    /// <summary>A nameless event, as Chat Completions sends them.</summary>
    public static SseEvent Plain(JsonObject payload, EventRole role = EventRole.Frame) => new(null, Json.Compact(payload), role);

    /// <summary>The end mark of Chat Completions.</summary>
    public static SseEvent Done { get; } = new(null, Encoding.ASCII.GetBytes("[DONE]"), EventRole.Terminal);
}
