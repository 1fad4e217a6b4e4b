using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tap;

/// <summary>Where the facts stand in Anthropic Messages answers (platform.claude.com/docs/en/build-with-claude/streaming).</summary>
internal static class AnthropicAnswer
{
    private static readonly FieldPath Usage = FieldPath.Object(
        Field.Usage,
        ("input_tokens", FieldPath.Leaf(Field.Input)),
        ("output_tokens", FieldPath.Leaf(Field.Output)),
        ("cache_creation_input_tokens", FieldPath.Leaf(Field.CacheWrite)),
        ("cache_read_input_tokens", FieldPath.Leaf(Field.CacheRead)),
        ("cache_creation", FieldPath.Object(
            Field.None,
            ("ephemeral_5m_input_tokens", FieldPath.Leaf(Field.CacheWrite5m)),
            ("ephemeral_1h_input_tokens", FieldPath.Leaf(Field.CacheWrite1h)))),
        ("output_tokens_details", FieldPath.Object(Field.None, ("thinking_tokens", FieldPath.Leaf(Field.Reasoning)))),
        ("server_tool_use", FieldPath.AnyMember(FieldPath.Leaf(Field.ServerTool))),
        ("service_tier", FieldPath.Leaf(Field.ServiceTier)));

    private static readonly FieldPath Error = FieldPath.Object(Field.Error, ("type", FieldPath.Leaf(Field.ErrorType)));

    /// <summary>The paths of one stream event.</summary>
    public static FieldPath Event { get; } = FieldPath.Object(
        Field.None,
        ("type", FieldPath.Leaf(Field.Type)),
        ("message", FieldPath.Object(
            Field.None,
            ("id", FieldPath.Leaf(Field.Id)),
            ("model", FieldPath.Leaf(Field.Model)),
            ("usage", Usage))),
        ("delta", FieldPath.Object(Field.None, ("stop_reason", FieldPath.Leaf(Field.StopReason)))),
        ("usage", Usage),
        ("error", Error));

    /// <summary>The paths of a JSON answer: a message, an error, or a token count.</summary>
    public static FieldPath Document { get; } = FieldPath.Object(
        Field.None,
        ("id", FieldPath.Leaf(Field.Id)),
        ("model", FieldPath.Leaf(Field.Model)),
        ("stop_reason", FieldPath.Leaf(Field.StopReason)),
        ("usage", Usage),
        ("input_tokens", FieldPath.Leaf(Field.Input)),
        ("error", Error));

    /// <summary>Whether an event with this name has data that needs to be read.</summary>
    public static bool IsWorthReading(ReadOnlySpan<byte> name) =>
        name.IsEmpty || EventKinds.Anthropic(name) is not (EventKind.Content or EventKind.Other);

    /// <summary>Takes over an event that was read whole.</summary>
    public static void TakeEvent(TapState state, FieldValues found, EventKind kind)
    {
        switch (kind)
        {
            case EventKind.Content:
                state.SawContent = true;
                break;
            case EventKind.Start:
                FactReading.TakeIdentity(state.Facts, found);
                FactReading.TakeUsage(state.Facts, found);
                break;
            case EventKind.Update:
                FactReading.TakeUsage(state.Facts, found);
                FactReading.TakeStopReason(state.Facts, found);
                break;
            case EventKind.Terminal:
                state.SawTerminal = true;
                break;
            case EventKind.Error:
                FactReading.TakeError(state, found);
                break;
        }
    }
}
