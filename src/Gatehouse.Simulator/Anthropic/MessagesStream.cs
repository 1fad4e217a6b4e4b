using System.Text.Json.Nodes;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>The official event sequence of a streamed message.</summary>
internal static class MessagesStream
{
    private const int ArgumentFragment = 12;

    /// <summary>Makes the events one at a time.</summary>
    public static IEnumerable<SseEvent> Events(MessagesBody body)
    {
        yield return SseEvent.Typed("message_start", new JsonObject { ["type"] = "message_start", ["message"] = body.Start() });
        for (var index = 0; index < body.Answer.Parts.Count; index++)
        {
            var part = body.Answer.Parts[index];
            yield return SseEvent.Typed("content_block_start", new JsonObject
            {
                ["type"] = "content_block_start",
                ["index"] = index,
                ["content_block"] = Opening(body, part),
            });
            // The real service sends its first ping here, after the first block has begun.
            if (index == 0) yield return SseEvent.Typed("ping", new JsonObject { ["type"] = "ping" });
            foreach (var delta in Deltas(body, part)) yield return Delta(index, delta);
            yield return SseEvent.Typed("content_block_stop", new JsonObject { ["type"] = "content_block_stop", ["index"] = index });
        }
        var end = new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = body.End(),
        };
        if (body.FinalUsage() is { } usage) end["usage"] = usage;
        yield return SseEvent.Typed("message_delta", end, EventRole.Terminal);
        yield return SseEvent.Typed("message_stop", new JsonObject { ["type"] = "message_stop" }, EventRole.Terminal);
    }

    /// <summary>How a stream that fails after its start ends.</summary>
    public static IEnumerable<SseEvent> Failure(ApiError error, string requestId)
    {
        yield return SseEvent.Typed("error", AnthropicErrors.Envelope(error, requestId), EventRole.Terminal);
    }

    private static SseEvent Delta(int index, JsonObject delta) => SseEvent.Typed("content_block_delta", new JsonObject
    {
        ["type"] = "content_block_delta",
        ["index"] = index,
        ["delta"] = delta,
    }, EventRole.Delta);

    private static JsonObject Opening(MessagesBody body, AnswerPart part)
    {
        var block = (JsonObject)body.Block(part);
        switch (part)
        {
            case TextPart:
                block["text"] = "";
                if (block.ContainsKey("citations")) block["citations"] = new JsonArray();
                break;
            case ThinkingPart:
                block["thinking"] = "";
                block["signature"] = "";
                break;
            case ToolCallPart or CustomCallPart or HostedCallPart:
                block["input"] = new JsonObject();
                break;
            default:
                break;
        }
        return block;
    }

    private static IEnumerable<JsonObject> Deltas(MessagesBody body, AnswerPart part) => part switch
    {
        TextPart text => TextDeltas(body, text),
        ThinkingPart thinking => ThinkingDeltas(body, thinking),
        ToolCallPart call => ArgumentDeltas(call.Arguments),
        HostedCallPart call => ArgumentDeltas(HostedBlocks.Input(call.Kind)),
        CustomCallPart call => ArgumentDeltas(new JsonObject { ["input"] = call.Input }.ToJsonString()),
        _ => [],
    };

    private static IEnumerable<JsonObject> TextDeltas(MessagesBody body, TextPart text)
    {
        foreach (var fragment in text.Fragments) yield return new JsonObject { ["type"] = "text_delta", ["text"] = fragment };
        if (text.CitesPage) yield return new JsonObject { ["type"] = "citations_delta", ["citation"] = body.Citation(text) };
    }

    private static IEnumerable<JsonObject> ThinkingDeltas(MessagesBody body, ThinkingPart thinking)
    {
        if (body.Visible(thinking).Length > 0)
        {
            foreach (var fragment in EchoScript.Fragments(thinking.Text))
                yield return new JsonObject { ["type"] = "thinking_delta", ["thinking"] = fragment };
        }
        yield return new JsonObject { ["type"] = "signature_delta", ["signature"] = body.Signature(thinking) };
    }

    // The real service begins every tool input with an empty fragment.
    private static IEnumerable<JsonObject> ArgumentDeltas(string arguments) =>
        Fragment.Cut(arguments, ArgumentFragment).Prepend("")
            .Select(f => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = f });
}
