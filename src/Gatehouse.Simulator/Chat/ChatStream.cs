using System.Text.Json.Nodes;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>The official chunk sequence of a streamed chat completion.</summary>
internal static class ChatStream
{
    private const int ArgumentFragment = 12;

    /// <summary>
    /// Makes the chunks one at a time. When the caller asked for the usage chunk, every other one says <c>usage: null</c>.
    /// </summary>
    public static IEnumerable<SseEvent> Events(ChatBody body, bool includeUsage)
    {
        var firstIsText = body.Calls.Count == 0 || body.Fragments.Any();
        for (var choice = 0; choice < body.Choices; choice++)
        {
            var role = new JsonObject { ["role"] = "assistant", ["content"] = firstIsText ? "" : null, ["refusal"] = null };
            yield return SseEvent.Plain(Chunk(body, includeUsage, choice, role));
            foreach (var delta in Deltas(body)) yield return SseEvent.Plain(Chunk(body, includeUsage, choice, delta), EventRole.Delta);
            yield return SseEvent.Plain(Chunk(body, includeUsage, choice, [], body.FinishReason()), EventRole.Terminal);
        }
        if (includeUsage && body.Usage() is { } usage)
        {
            var last = body.Chunk();
            last["choices"] = new JsonArray();
            last["usage"] = usage;
            yield return SseEvent.Plain(last, EventRole.Terminal);
        }
        yield return SseEvent.Done;
    }

    /// <summary>How a stream that fails after its start ends: an error object in place of a chunk, and no end mark.</summary>
    public static IEnumerable<SseEvent> Failure(ApiError error)
    {
        yield return SseEvent.Plain(OpenAiErrors.Envelope(error), EventRole.Terminal);
    }

    private static IEnumerable<JsonObject> Deltas(ChatBody body)
    {
        foreach (var thought in body.Thoughts) yield return thought;
        foreach (var fragment in body.Fragments) yield return new JsonObject { ["content"] = fragment };
        if (body.Citations.ToArray() is { Length: > 0 } citations) yield return new JsonObject { ["annotations"] = new JsonArray(citations) };
        for (var index = 0; index < body.Calls.Count; index++)
        {
            var call = body.Calls[index];
            var (kind, field) = call.IsCustom ? ("custom", "input") : ("function", "arguments");
            yield return CallDelta(new JsonObject
            {
                ["index"] = index,
                ["id"] = call.Id,
                ["type"] = kind,
                [kind] = new JsonObject { ["name"] = call.Name, [field] = "" },
            });
            foreach (var fragment in Fragment.Cut(call.Input, ArgumentFragment))
                yield return CallDelta(new JsonObject { ["index"] = index, [kind] = new JsonObject { [field] = fragment } });
        }
    }

    private static JsonObject CallDelta(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    private static JsonObject Chunk(ChatBody body, bool includeUsage, int choice, JsonObject delta, string? finish = null)
    {
        var chunk = body.Chunk();
        chunk["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = choice,
            ["delta"] = delta,
            ["logprobs"] = null,
            ["finish_reason"] = finish,
        });
        if (includeUsage) chunk["usage"] = null;
        return chunk;
    }
}
