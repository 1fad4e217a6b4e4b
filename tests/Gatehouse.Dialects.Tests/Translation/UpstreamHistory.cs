using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Reads the conversation out of an upstream's body.</summary>
internal static class UpstreamHistory
{
    /// <summary>
    /// The conversation's units in order: Anthropic's content blocks with their role, a chat's messages, Responses' items. Cache marks, which move, are
    /// taken out.
    /// </summary>
    public static List<string> Units(Dialect upstream, ReadOnlySpan<byte> body)
    {
        var root = JsonNode.Parse(body)!.AsObject();
        if (upstream == Dialect.OpenAiResponses) return [.. root["input"]!.AsArray().Select(static item => item!.ToJsonString())];
        if (upstream == Dialect.OpenAiChat) return [.. root["messages"]!.AsArray().Select(static message => WithoutMarks(message!).ToJsonString())];
        var units = new List<string>();
        foreach (var message in root["messages"]!.AsArray())
        {
            foreach (var block in message!["content"]!.AsArray())
            {
                block!.AsObject().Remove("cache_control");
                units.Add((string)message["role"]! + block.ToJsonString());
            }
        }

        return units;
    }

    private static JsonNode WithoutMarks(JsonNode message)
    {
        if (message["content"] is JsonArray parts)
        {
            foreach (var part in parts) part!.AsObject().Remove("cache_control");
        }

        return message;
    }

    /// <summary>Everything before the conversation, marks taken out: what a prompt cache looks at first.</summary>
    public static string Head(Dialect upstream, ReadOnlySpan<byte> body)
    {
        var root = JsonNode.Parse(body)!.AsObject();
        root.Remove(upstream == Dialect.OpenAiResponses ? "input" : "messages");
        if (root["tools"] is JsonArray tools)
        {
            foreach (var tool in tools) tool!.AsObject().Remove("cache_control");
        }

        if (root["system"] is JsonArray system)
        {
            foreach (var block in system) block!.AsObject().Remove("cache_control");
        }

        return root.ToJsonString();
    }

    /// <summary>Checks that a conversation holds what the model said, with its ids and opaque state.</summary>
    public static void ShouldHold(Dialect upstream, ReadOnlySpan<byte> body, SaidTurn turn, Func<string, string> names, bool echoesThinking)
    {
        var said = Units(upstream, body).ConvertAll(unit => JsonDocument.Parse(unit[unit.IndexOf('{', StringComparison.Ordinal)..]).RootElement);
        var texts = said.SelectMany(unit => Texts(upstream, unit)).ToList();
        if (turn.Text.Length > 0) texts.ShouldContain(turn.Text);
        var calls = said.SelectMany(unit => Calls(upstream, unit)).ToList();
        foreach (var call in turn.Calls)
        {
            var found = calls.Single(known => known.Id == call.Id);
            found.Name.ShouldBe(names(call.Name));
            JsonElement.DeepEquals(JsonDocument.Parse(found.Arguments).RootElement, JsonDocument.Parse(call.Arguments).RootElement).ShouldBeTrue($"{found.Arguments} is not {call.Arguments}");
        }

        if (echoesThinking) said.ShouldContain(unit => Thinks(upstream, unit, turn), $"nothing holds {turn.Signature}");
    }

    private static IEnumerable<string> Texts(Dialect upstream, JsonElement unit)
    {
        if (upstream == Dialect.Anthropic) return unit.TryGetProperty("text", out var text) ? [text.GetString()!] : [];
        if (!unit.TryGetProperty("content", out var content)) return [];
        return content.ValueKind switch
        {
            JsonValueKind.String => [content.GetString()!],
            JsonValueKind.Array => content.EnumerateArray().Where(static part => part.TryGetProperty("text", out _)).Select(static part => part.GetProperty("text").GetString()!),
            _ => [],
        };
    }

    private static IEnumerable<SaidCall> Calls(Dialect upstream, JsonElement unit)
    {
        if (upstream == Dialect.Anthropic && unit.GetProperty("type").GetString() == "tool_use")
            return [new SaidCall(unit.GetProperty("id").GetString()!, unit.GetProperty("name").GetString()!, unit.GetProperty("input").GetRawText())];
        if (upstream == Dialect.OpenAiResponses && unit.TryGetProperty("type", out var type) && type.GetString() == "function_call")
            return [new SaidCall(unit.GetProperty("call_id").GetString()!, unit.GetProperty("name").GetString()!, unit.GetProperty("arguments").GetString()!)];
        if (upstream != Dialect.OpenAiChat || !unit.TryGetProperty("tool_calls", out var calls)) return [];
        return calls.EnumerateArray().Select(static call => new SaidCall(
            call.GetProperty("id").GetString()!, call.GetProperty("function").GetProperty("name").GetString()!, call.GetProperty("function").GetProperty("arguments").GetString()!));
    }

    private static bool Thinks(Dialect upstream, JsonElement unit, SaidTurn turn) => upstream switch
    {
        Dialect.Anthropic => Is(unit, "signature", turn.Signature) && Is(unit, "thinking", turn.Thinking),
        Dialect.OpenAiChat => Is(unit, "reasoning_content", turn.Thinking) && unit.TryGetProperty("reasoning_details", out var details)
            && details.EnumerateArray().Any(detail => Is(detail, "data", turn.Signature)),
        _ => Is(unit, "encrypted_content", turn.Signature),
    };

    private static bool Is(JsonElement unit, string name, string text) => unit.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() == text;
}
