using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tap;

/// <summary>
/// Where the facts stand in Responses answers. Stream events nest the response, a JSON answer is the response. The same names occur deep
/// inside output items (a tool argument called <c>usage</c>), of which these paths look at nothing but the type.
/// </summary>
internal static class ResponsesAnswer
{
    private static readonly FieldPath Error = FieldPath.Object(
        Field.Error,
        ("type", FieldPath.Leaf(Field.ErrorType)),
        ("code", FieldPath.Leaf(Field.ErrorCode)));

    /// <summary>
    /// What the provider's own tools did is told by items of the answer alone, which its last event repeats whole: no usage counts it, though it is billed by the call.
    /// Items that the client carries out (functions, shells, patches, a computer) are none of them.
    /// </summary>
    private static readonly FieldPath ServerTool = FieldPath.Counted(
        "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "mcp_call");

    /// <summary>The paths of a JSON answer: a response, or an error.</summary>
    public static FieldPath Document { get; } = FieldPath.Object(
        Field.None,
        ("id", FieldPath.Leaf(Field.Id)),
        ("model", FieldPath.Leaf(Field.Model)),
        ("status", FieldPath.Leaf(Field.Status)),
        ("service_tier", FieldPath.Leaf(Field.ServiceTier)),
        ("incomplete_details", FieldPath.Object(Field.None, ("reason", FieldPath.Leaf(Field.IncompleteReason)))),
        ("error", Error),
        ("output", FieldPath.Array(Field.None, FieldPath.Object(Field.None, ("type", ServerTool)))),
        ("usage", FieldPath.Object(
            Field.Usage,
            ("input_tokens", FieldPath.Leaf(Field.Input)),
            ("output_tokens", FieldPath.Leaf(Field.Output)),
            ("input_tokens_details", FieldPath.Object(
                Field.None,
                ("cached_tokens", FieldPath.Leaf(Field.CacheRead)),
                ("cache_write_tokens", FieldPath.Leaf(Field.CacheWrite)))),
            ("output_tokens_details", FieldPath.Object(Field.None, ("reasoning_tokens", FieldPath.Leaf(Field.Reasoning)))))),
        // The answer of /responses/input_tokens is {"object":"response.input_tokens","input_tokens":N}.
        ("input_tokens", FieldPath.Leaf(Field.Input)));

    /// <summary>The paths of one stream event. An <c>error</c> event has its code at the top, or like a body under <c>error</c>.</summary>
    public static FieldPath Event { get; } = FieldPath.Object(
        Field.None,
        ("type", FieldPath.Leaf(Field.Type)),
        ("sequence_number", FieldPath.Leaf(Field.Sequence)),
        ("response", Document),
        ("code", FieldPath.Leaf(Field.ErrorCode)),
        ("error", Error));

    /// <summary>Whether of an event with this name only the sequence number matters.</summary>
    public static bool IsBrief(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && EventKinds.Responses(name) is EventKind.Content or EventKind.Other;

    /// <summary>Takes over an event; one that was not read whole has only its kind and its number.</summary>
    public static void TakeEvent(TapState state, FieldValues found, EventKind kind, bool isWhole)
    {
        if (found.Number(Field.Sequence) is { } sequence)
            state.LastSequenceNumber = Math.Max(state.LastSequenceNumber, sequence);
        state.SawContent |= kind == EventKind.Content;
        if (!isWhole || kind is EventKind.Content or EventKind.Other)
            return;
        if (kind != EventKind.Error)
        {
            FactReading.TakeIdentity(state.Facts, found);
            FactReading.TakeUsage(state.Facts, found);
        }

        if (kind is EventKind.Terminal or EventKind.Failed)
        {
            state.SawTerminal = true;
            FactReading.TakeStopReason(state.Facts, found);
        }

        if (kind is EventKind.Failed or EventKind.Error)
            FactReading.TakeError(state, found);
    }
}
