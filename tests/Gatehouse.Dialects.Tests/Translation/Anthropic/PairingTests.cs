using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Anthropic;

/// <summary>
/// Calls and results that were lost, doubled or moved: both OpenAI dialects refuse a request in which they don't belong together, and agents do send such.
/// </summary>
public sealed class PairingTests
{
    private const int Seeds = 2_000;

    [Fact]
    public void A_chat_request_has_each_call_s_result_right_behind_it_once()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var waiting = new HashSet<string>();
            foreach (var message in Translate(Dialect.OpenAiChat, seed).GetProperty("messages").EnumerateArray())
            {
                if (message.GetProperty("role").GetString() == "tool")
                {
                    waiting.Remove(message.GetProperty("tool_call_id").GetString()!).ShouldBeTrue($"seed {seed}: a result that nobody waits for");
                    continue;
                }

                waiting.ShouldBeEmpty($"seed {seed}: a call without a result");
                if (!message.TryGetProperty("tool_calls", out var calls)) continue;
                foreach (var call in calls.EnumerateArray()) waiting.Add(call.GetProperty("id").GetString()!);
            }

            waiting.ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public void A_responses_request_has_each_call_s_result_behind_it_once()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var waiting = new HashSet<string>();
            foreach (var item in Translate(Dialect.OpenAiResponses, seed).GetProperty("input").EnumerateArray())
            {
                switch (item.GetProperty("type").GetString())
                {
                    case "function_call":
                        waiting.Add(item.GetProperty("call_id").GetString()!).ShouldBeTrue($"seed {seed}: two calls of one id");
                        break;
                    case "function_call_output":
                        waiting.Remove(item.GetProperty("call_id").GetString()!).ShouldBeTrue($"seed {seed}: a result that nobody waits for");
                        break;
                    case "message" when item.GetProperty("role").GetString() != "assistant":
                        waiting.ShouldBeEmpty($"seed {seed}: a call without a result");
                        break;
                    default:
                        break;
                }
            }

            waiting.ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public void Nothing_that_was_said_is_lost()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            foreach (var upstream in (Dialect[])[Dialect.OpenAiChat, Dialect.OpenAiResponses])
            {
                var body = Translate(upstream, seed).GetRawText();
                foreach (var word in Words(Request(seed))) body.Split(word).Length.ShouldBe(2, $"seed {seed}: {word} should be there once");
            }
        }
    }

    private static JsonElement Translate(Dialect upstream, int seed)
    {
        var context = new GoldenContext().ToContext(new PlainMemory());
        using var request = EdgeSet.Find(Dialect.Anthropic, upstream)!.Translate(Encoding.UTF8.GetBytes(Request(seed).ToJsonString()), context);
        request.Refusal.ShouldBeNull();
        using var document = JsonDocument.Parse(request.Body.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>Messages whose calls and results stand anywhere; each piece of text is a word of its own.</summary>
    private static JsonObject Request(int seed)
    {
        var random = new Random(seed);
        var messages = new JsonArray();
        var (word, call) = (0, 0);
        for (var count = random.Next(1, 8); count > 0; count--)
        {
            var role = (string[])["user", "assistant", "system"];
            var kind = role[random.Next(5) switch { < 2 => 0, < 4 => 1, _ => 2 }];
            var blocks = new JsonArray();
            for (var size = random.Next(1, 5); size > 0; size--)
            {
                var isText = kind == "system" || random.Next(3) == 0;
                blocks.Add(isText ? new JsonObject { ["type"] = "text", ["text"] = $"(w{seed}.{word++})" }
                    : kind == "assistant" ? new JsonObject { ["type"] = "tool_use", ["id"] = $"t{call++}", ["name"] = "f", ["input"] = new JsonObject() }
                    : new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = $"t{random.Next(Math.Max(1, call))}", ["content"] = $"(w{seed}.{word++})" });
            }

            messages.Add(new JsonObject { ["role"] = kind, ["content"] = blocks });
        }

        return new JsonObject { ["model"] = "m", ["max_tokens"] = 10, ["messages"] = messages };
    }

    private static IEnumerable<string> Words(JsonObject request) =>
        from message in request["messages"]!.AsArray()
        from block in message!["content"]!.AsArray()
        let text = (string?)(block!["text"] ?? block["content"])
        where text is not null
        select text;
}
