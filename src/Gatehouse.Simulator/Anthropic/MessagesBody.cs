using System.Text.Json.Nodes;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Sealing;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>The parts of a <c>message</c> object, shared by the whole body and the stream.</summary>
internal sealed class MessagesBody(Answer answer, TokenUse? use, string model, string id, Seals seals, bool thinkingOmitted)
{
    public const string ThinkingSeal = "thinking";
    public const string RedactedSeal = "redacted_thinking";

    public Answer Answer { get; } = answer;

    /// <summary>The whole message, as a request without <c>stream</c> gets it.</summary>
    public JsonObject Whole()
    {
        var message = Start();
        message["content"] = new JsonArray([.. Answer.Parts.Select(Block)]);
        message["stop_reason"] = StopReason();
        message["stop_sequence"] = Answer.StopSequence;
        message["stop_details"] = StopDetails();
        if (use is not null)
        {
            var usage = Usage(use.Output);
            Detail(usage);
            message["usage"] = usage;
        }

        return message;
    }

    /// <summary>The message as <c>message_start</c> carries it: empty, with the request's usage.</summary>
    public JsonObject Start()
    {
        var message = new JsonObject
        {
            ["model"] = model,
            ["id"] = id,
            ["type"] = "message",
            ["role"] = "assistant",
            ["content"] = new JsonArray(),
            ["stop_reason"] = null,
            ["stop_sequence"] = null,
            ["stop_details"] = null,
            ["container"] = null,
            ["diagnostics"] = null,
        };
        if (use is not null) message["usage"] = Usage(1);
        return message;
    }

    /// <summary>What the end carries besides its usage.</summary>
    public JsonObject End() => new()
    {
        ["stop_reason"] = StopReason(),
        ["stop_sequence"] = Answer.StopSequence,
        ["stop_details"] = StopDetails(),
        ["container"] = null,
    };

    /// <summary>The usage of <c>message_delta</c>: cumulative, not an increment.</summary>
    public JsonObject? FinalUsage()
    {
        if (use is null) return null;
        var usage = new JsonObject
        {
            ["input_tokens"] = use.Input,
            ["cache_creation_input_tokens"] = use.CacheWrite5m + use.CacheWrite1h,
            ["cache_read_input_tokens"] = use.CacheRead,
            ["output_tokens"] = use.Output,
        };
        Detail(usage);
        return usage;
    }

    /// <summary>A content block, whole.</summary>
    public JsonNode Block(AnswerPart part) => part switch
    {
        TextPart { CitesPage: true } text => new JsonObject { ["citations"] = new JsonArray(Citation(text)), ["type"] = "text", ["text"] = text.Text },
        TextPart text => new JsonObject { ["type"] = "text", ["text"] = text.Text },
        ThinkingPart thinking => new JsonObject
        {
            ["type"] = "thinking",
            ["thinking"] = Visible(thinking),
            ["signature"] = Signature(thinking),
        },
        RedactedPart => Redacted(),
        HostedCallPart call => HostedBlocks.Call(call, id),
        HostedResultPart result => HostedBlocks.Result(result.Kind, id, seals),
        ToolCallPart call => new JsonObject
        {
            ["type"] = "tool_use",
            ["id"] = Wire.WireId.Anthropic("toolu"),
            ["name"] = call.Name,
            ["input"] = Input(call.Arguments),
            ["caller"] = new JsonObject { ["type"] = "direct" },
        },
        CustomCallPart call => new JsonObject
        {
            ["type"] = "tool_use",
            ["id"] = Wire.WireId.Anthropic("toolu"),
            ["name"] = call.Name,
            ["input"] = new JsonObject { ["input"] = call.Input },
            ["caller"] = new JsonObject { ["type"] = "direct" },
        },
        _ => throw new InvalidOperationException("An answer part that Messages has no block for."),
    };

    /// <summary>The page that a text rests on.</summary>
    public JsonObject Citation(TextPart text) => HostedBlocks.Citation(text, seals);

    /// <summary>The thinking that the caller sees: none when it asked for <c>display: omitted</c>.</summary>
    public string Visible(ThinkingPart thinking) => thinkingOmitted ? "" : thinking.Text;

    /// <summary>Signs what the caller sees, for that is what it must echo.</summary>
    public string Signature(ThinkingPart thinking) => seals.Sign(ThinkingSeal, Visible(thinking));

    /// <summary>A <c>redacted_thinking</c> block.</summary>
    public JsonObject Redacted() => new() { ["type"] = "redacted_thinking", ["data"] = seals.Close(RedactedSeal, id) };

    /// <summary>The reason in Anthropic's words.</summary>
    private string StopReason() => Answer.End switch
    {
        AnswerEnd.ToolCalls => "tool_use",
        AnswerEnd.TokenLimit => "max_tokens",
        AnswerEnd.StopSequence => "stop_sequence",
        AnswerEnd.Refusal => "refusal",
        _ => "end_turn",
    };

    private JsonObject? StopDetails() => Answer.End != AnswerEnd.Refusal ? null
        : new JsonObject { ["type"] = "refusal", ["category"] = null, ["explanation"] = null };

    // A script may ask for arguments that are not JSON; the body must stay legal all the same.
    private static JsonNode Input(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments) ?? new JsonObject();
        }
        catch (System.Text.Json.JsonException)
        {
            return new JsonObject { ["raw"] = arguments };
        }
    }

    /// <summary>What is known only at the end: how much was thought, and what the vendor's own tools did.</summary>
    private void Detail(JsonObject usage)
    {
        usage["output_tokens_details"] = new JsonObject { ["thinking_tokens"] = use!.Reasoning };
        usage["server_tool_use"] = Answer.Parts.OfType<HostedCallPart>().Count(static call => call.Kind == HostedKind.Search) is > 0 and var searches
            ? new JsonObject { ["web_search_requests"] = searches, ["web_fetch_requests"] = 0 }
            : null;
    }

    private JsonObject Usage(int output) => new()
    {
        ["input_tokens"] = use!.Input,
        ["cache_creation_input_tokens"] = use.CacheWrite5m + use.CacheWrite1h,
        ["cache_read_input_tokens"] = use.CacheRead,
        ["cache_creation"] = new JsonObject
        {
            ["ephemeral_5m_input_tokens"] = use.CacheWrite5m,
            ["ephemeral_1h_input_tokens"] = use.CacheWrite1h,
        },
        ["output_tokens"] = output,
        ["output_tokens_details"] = null,
        ["server_tool_use"] = null,
        ["service_tier"] = "standard",
        ["inference_geo"] = "not_available",
        ["speed"] = null,
    };
}
