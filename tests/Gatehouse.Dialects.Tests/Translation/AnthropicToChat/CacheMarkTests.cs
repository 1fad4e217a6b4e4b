using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.AnthropicToChat;

/// <summary>Marks for the prompt cache on a chat host that takes them.</summary>
public sealed class CacheMarkTests
{
    [Fact]
    public void Marks_that_move_leave_what_was_said_before_as_it_was()
    {
        var request = JsonNode.Parse("""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"A"},{"type":"text","text":"B","cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"One"},{"type":"text","text":"Two","cache_control":{"type":"ephemeral"}}]}]}
            """)!.AsObject();
        var messages = request["messages"]!.AsArray();
        var before = Sent(request);
        for (var turn = 0; turn < 4; turn++)
        {
            messages[^1]!["content"]!.AsArray()[^1]!.AsObject().Remove("cache_control");
            messages.Add(JsonNode.Parse($$$"""{"role":"assistant","content":[{"type":"tool_use","id":"c{{{turn}}}","name":"t","input":{}}]}"""));
            messages.Add(JsonNode.Parse($$$"""
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"c{{{turn}}}","content":[{"type":"text","text":"r"},{"type":"text","text":"s"}]},
                 {"type":"text","text":"On"},{"type":"text","text":"and on","cache_control":{"type":"ephemeral"}}]}
                """));
            var next = Sent(request);
            var (old, grown) = (UpstreamHistory.Units(Dialect.OpenAiChat, before), UpstreamHistory.Units(Dialect.OpenAiChat, next));
            grown.Take(old.Count).ShouldBe(old, $"turn {turn}");
            Encoding.UTF8.GetString(next).Split("\"cache_control\"").Length.ShouldBe(3, "one on the system text, one on the last turn");
            before = next;
        }
    }

    /// <summary>Claude Code sends a text as a string until it marks it, and a result's text as a string always.</summary>
    [Fact]
    public void Texts_that_are_strings_keep_their_form_too()
    {
        var request = JsonNode.Parse("""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"A","cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"One","cache_control":{"type":"ephemeral"}}]}]}
            """)!.AsObject();
        var messages = request["messages"]!.AsArray();
        var before = Sent(request);
        messages[0]!["content"] = "One";
        for (var turn = 0; turn < 4; turn++)
        {
            messages.Add(JsonNode.Parse($$$"""{"role":"assistant","content":[{"type":"tool_use","id":"c{{{turn}}}","name":"t","input":{}}]}"""));
            messages.Add(JsonNode.Parse($$$"""{"role":"user","content":[{"type":"tool_result","tool_use_id":"c{{{turn}}}","content":"r","cache_control":{"type":"ephemeral"}}]}"""));
            var next = Sent(request);
            var (old, grown) = (UpstreamHistory.Units(Dialect.OpenAiChat, before), UpstreamHistory.Units(Dialect.OpenAiChat, next));
            grown.Take(old.Count).ShouldBe(old, $"turn {turn}");
            messages[^1]!["content"]![0]!.AsObject().Remove("cache_control");
            before = next;
        }
    }

    private static byte[] Sent(JsonObject request)
    {
        using var sent = EdgeSet.Find(Dialect.Anthropic, Dialect.OpenAiChat)!.Translate(
            Encoding.UTF8.GetBytes(request.ToJsonString()), new GoldenContext { Traits = new ModelTraits { CacheMarkers = true } }.ToContext(new PlainMemory()));
        sent.Refusal.ShouldBeNull();
        sent.Losses.All.ShouldBeEmpty();
        return sent.Body.Written.ToArray();
    }
}
