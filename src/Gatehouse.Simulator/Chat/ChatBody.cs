using System.Text.Json.Nodes;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>A tool call of an answer, with the id that every event about it repeats.</summary>
internal sealed record ChatToolCall(string Id, bool IsCustom, string Name, string Input);

/// <summary>The parts of a chat completion, shared by the whole body and the stream.</summary>
internal sealed class ChatBody(Answer answer, TokenUse? use, string model, long created, int choices, ThoughtForm form = ThoughtForm.Hidden, Seals? seals = null)
{
    private readonly string _id = WireId.Chat();

    public Answer Answer { get; } = answer;

    /// <summary>How many choices the caller wants (<c>n</c>).</summary>
    public int Choices { get; } = choices;

    /// <summary>The calls of the answer.</summary>
    public IReadOnlyList<ChatToolCall> Calls { get; } = [.. answer.Parts.Select(Call).OfType<ChatToolCall>()];

    /// <summary>The texts of the answer.</summary>
    public IEnumerable<string> Fragments => Answer.Parts.OfType<TextPart>().SelectMany(t => t.Fragments);

    /// <summary>The pages that the texts rest on, each with its place in them.</summary>
    public IEnumerable<JsonNode> Citations => Answer.Parts.OfType<TextPart>().Where(static text => text.CitesPage).Select(static text => (JsonNode)new JsonObject
    {
        ["type"] = "url_citation",
        ["url_citation"] = new JsonObject { ["start_index"] = 0, ["end_index"] = text.Text.Length, ["url"] = HostedTools.Page, ["title"] = HostedTools.Title },
    });

    /// <summary>What the model thought, as deltas; none where the host keeps it to itself.</summary>
    public IEnumerable<JsonObject> Thoughts => Shown.SelectMany(thought => ChatThought.Deltas(form, thought, seals!));

    private IEnumerable<ThinkingPart> Shown => form == ThoughtForm.Hidden || seals is null ? [] : Answer.Parts.OfType<ThinkingPart>();

    /// <summary>The whole completion.</summary>
    public JsonObject Whole()
    {
        var completion = Head("chat.completion");
        completion["choices"] = new JsonArray([.. Enumerable.Range(0, Choices).Select(Choice)]);
        if (Usage() is { } usage) completion["usage"] = usage;
        completion["service_tier"] = "default";
        completion["system_fingerprint"] = null;
        return completion;
    }

    /// <summary>A chunk of the stream without its choices.</summary>
    public JsonObject Chunk()
    {
        var chunk = Head("chat.completion.chunk");
        chunk["service_tier"] = "default";
        chunk["system_fingerprint"] = null;
        return chunk;
    }

    /// <summary>Usage; the prompt's figure includes what the cache covered. Null when it is left out on purpose.</summary>
    public JsonObject? Usage() => use is null ? null : new JsonObject
    {
        ["prompt_tokens"] = use.AllInput,
        ["completion_tokens"] = use.Output * Choices,
        ["total_tokens"] = use.AllInput + (use.Output * Choices),
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = use.CacheRead, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = use.Reasoning * Choices,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };

    /// <summary>The reason in this dialect's words.</summary>
    public string FinishReason() => Answer.End switch
    {
        AnswerEnd.ToolCalls => "tool_calls",
        AnswerEnd.TokenLimit => "length",
        AnswerEnd.Refusal => "content_filter",
        _ => "stop",
    };

    private JsonObject Head(string kind) => new() { ["id"] = _id, ["object"] = kind, ["created"] = created, ["model"] = model };

    private JsonNode Choice(int index)
    {
        var text = string.Concat(Fragments);
        var message = new JsonObject { ["role"] = "assistant", ["content"] = text.Length == 0 && Calls.Count > 0 ? null : text };
        foreach (var thought in Shown) ChatThought.Add(message, form, thought, seals!);
        if (Calls.Count > 0) message["tool_calls"] = new JsonArray([.. Calls.Select(WholeCall)]);
        message["refusal"] = null;
        message["annotations"] = new JsonArray([.. Citations]);
        return new JsonObject { ["index"] = index, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = FinishReason() };
    }

    private static JsonNode WholeCall(ChatToolCall call) => call.IsCustom
        ? new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "custom",
            ["custom"] = new JsonObject { ["name"] = call.Name, ["input"] = call.Input }
        }
        : new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Input }
        };

    private static ChatToolCall? Call(AnswerPart part) => part switch
    {
        ToolCallPart call => new ChatToolCall(WireId.Call(), false, call.Name, call.Arguments),
        CustomCallPart call => new ChatToolCall(WireId.Call(), true, call.Name, call.Input),
        _ => null,
    };
}
