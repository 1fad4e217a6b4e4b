using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

/// <summary>What holds for any conversation of a Responses client, whatever the upstream.</summary>
public sealed class ConversationTests
{
    private const string Mark = ",\"cache_control\":{\"type\":\"ephemeral\"}";

    public static TheoryData<Dialect> Upstreams => [Dialect.Anthropic, Dialect.OpenAiChat];

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void A_conversation_that_grew_begins_with_the_same_bytes(Dialect upstream)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var (maker, input, before) = (new ConversationMaker(seed), new JsonArray(), "");
            for (var turn = 0; turn < 6; turn++)
            {
                maker.Grow(input);
                var body = Translate(upstream, ConversationMaker.Body(input));
                Translate(upstream, ConversationMaker.Body(input)).ShouldBe(body);
                var plain = body.Replace(Mark, "", StringComparison.Ordinal);
                // What closes the last turn, and the word to go on behind a turn of the model's, is all that may change.
                var shared = before.Replace(GoOn, "", StringComparison.Ordinal).TrimEnd(']', '}');
                plain.ShouldStartWith(shared, customMessage: $"seed {seed}, turn {turn}");
                before = plain;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void Every_call_has_its_result_where_the_upstream_wants_it(Dialect upstream)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var (maker, input) = (new ConversationMaker(seed), new JsonArray());
            for (var turn = 0; turn < 4; turn++) maker.Grow(input);
            // Clients lose items: repaired, the rules hold all the same.
            var random = new Random(seed);
            for (var lost = random.Next(4); lost > 0 && input.Count > 1; lost--) input.RemoveAt(random.Next(input.Count));
            var messages = JsonDocument.Parse(Translate(upstream, ConversationMaker.Body(input))).RootElement.GetProperty("messages");
            if (upstream == Dialect.Anthropic) CheckMessages(messages, $"seed {seed}");
            else CheckChat(messages, $"seed {seed}");
        }
    }

    [Fact]
    public void What_an_Anthropic_model_said_comes_back_to_it_byte_for_byte()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var input = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Go" });
            var blocks = AnthropicBlocks(new ConversationMaker(seed), new Random(seed));
            var output = Answer(Dialect.Anthropic, ConversationMaker.Body(input), AnthropicStream(blocks)).GetProperty("output");
            Echo(input, output);
            var messages = JsonDocument.Parse(Translate(Dialect.Anthropic, ConversationMaker.Body(input))).RootElement.GetProperty("messages");
            var said = messages[1].GetProperty("content").EnumerateArray().Select(static block => JsonNode.Parse(block.GetRawText())!.ToJsonString());
            said.ShouldBe(blocks.Select(static block => block.ToJsonString()), $"seed {seed}");
        }
    }

    [Fact]
    public void What_a_chat_model_said_comes_back_to_it()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var (maker, random) = (new ConversationMaker(seed), new Random(seed));
            var message = new JsonObject { ["role"] = "assistant", ["content"] = random.Next(2) == 0 ? "said: " + maker.Text() : null };
            message["reasoning_content"] = random.Next(2) == 0 ? "thought: " + maker.Text() : "";
            var arguments = new JsonObject { ["cmd"] = maker.Text() }.ToJsonString();
            message["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = "call_1",
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = "exec", ["arguments"] = arguments },
            });
            var document = new JsonObject { ["id"] = "c", ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message.DeepClone(), ["finish_reason"] = "tool_calls" }) };
            using var events = new PooledBuffer();
            AnswerForms.TryReplay(Dialect.OpenAiChat, Encoding.UTF8.GetBytes(document.ToJsonString()), events).ShouldBeTrue();

            var input = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Go" });
            Echo(input, Answer(Dialect.OpenAiChat, ConversationMaker.Body(input), events.Written.ToArray()).GetProperty("output"));
            var messages = JsonDocument.Parse(Translate(Dialect.OpenAiChat, ConversationMaker.Body(input))).RootElement.GetProperty("messages");
            JsonNode.DeepEquals(JsonNode.Parse(messages[2].GetRawText()), message).ShouldBeTrue($"seed {seed}: {messages[2].GetRawText()}");
        }
    }

    private static string GoOn => ",{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Go on.\"}]}";

    private static string Translate(Dialect upstream, byte[] body)
    {
        using var request = EdgeSet.Find(Dialect.OpenAiResponses, upstream)!.Translate(body, Context());
        request.Refusal.ShouldBeNull();
        return Encoding.UTF8.GetString(request.Body.Written);
    }

    private static EdgeContext Context() =>
        new GoldenContext { Traits = new ModelTraits { ReasoningContentEcho = true, CustomTools = false, StructuredOutput = true } }.ToContext(new PlainMemory());

    private static JsonElement Answer(Dialect upstream, byte[] body, byte[] stream)
    {
        using var request = EdgeSet.Find(Dialect.OpenAiResponses, upstream)!.Translate(body, Context());
        using var output = new PooledBuffer();
        using var feed = new EventFeed(request.BeginAnswer(output));
        feed.Read(stream);
        feed.End();
        var text = Encoding.UTF8.GetString(output.Written);
        LegalStream.Check(Dialect.OpenAiResponses, text, null);
        return LegalStream.Json(LegalStream.Events(text)[^1].Data).GetProperty("response");
    }

    /// <summary>What a client does: the answer's items, and a result for each call, go behind its input.</summary>
    private static void Echo(JsonArray input, JsonElement output)
    {
        foreach (var item in output.EnumerateArray()) input.Add(JsonNode.Parse(item.GetRawText()));
        foreach (var item in output.EnumerateArray())
        {
            if (item.TryGetProperty("call_id", out var id)) input.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = id.GetString(), ["output"] = "ok" });
        }

        input.Add(new JsonObject { ["role"] = "user", ["content"] = "Next" });
    }

    private static List<JsonObject> AnthropicBlocks(ConversationMaker maker, Random random)
    {
        var blocks = new List<JsonObject>();
        if (random.Next(2) == 0) blocks.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = maker.Text(), ["signature"] = "S=" + random.Next() });
        if (random.Next(3) == 0) blocks.Add(new JsonObject { ["type"] = "redacted_thinking", ["data"] = "R" + random.Next() });
        for (var texts = random.Next(3); texts > 0; texts--) blocks.Add(new JsonObject { ["type"] = "text", ["text"] = "said: " + maker.Text() });
        for (var calls = 1 + random.Next(3); calls > 0; calls--)
        {
            var (name, input) = random.Next(3) switch
            {
                0 => ("apply_patch", new JsonObject { ["input"] = maker.Text() }),
                1 => ("ns__spawn", new JsonObject()),
                _ => ("exec", new JsonObject { ["cmd"] = maker.Text() }),
            };
            blocks.Add(new JsonObject { ["type"] = "tool_use", ["id"] = $"toolu_{calls}", ["name"] = name, ["input"] = input });
        }

        return blocks;
    }

    private static byte[] AnthropicStream(List<JsonObject> blocks)
    {
        var document = new JsonObject
        {
            ["id"] = "msg_1",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = "m",
            ["stop_reason"] = "tool_use",
            ["stop_sequence"] = null,
            ["content"] = new JsonArray([.. blocks.Select(static block => block.DeepClone())]),
            ["usage"] = new JsonObject { ["input_tokens"] = 1, ["output_tokens"] = 2 },
        };
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.Anthropic, Encoding.UTF8.GetBytes(document.ToJsonString()), events).ShouldBeTrue();
        return events.Written.ToArray();
    }

    private static void CheckMessages(JsonElement messages, string where)
    {
        HashSet<string> open = [];
        var (isUsers, role) = (true, "");
        foreach (var message in messages.EnumerateArray())
        {
            message.GetProperty("role").GetString().ShouldNotBe(role, where);
            role = message.GetProperty("role").GetString()!;
            if (isUsers) role.ShouldBe("user", where);
            isUsers = false;
            message.GetProperty("content").GetArrayLength().ShouldBeGreaterThan(0, where);
            var mayBeResult = true;
            foreach (var block in message.GetProperty("content").EnumerateArray())
            {
                var type = block.GetProperty("type").GetString();
                if (type == "tool_use") open.Add(block.GetProperty("id").GetString()!).ShouldBeTrue(where);
                if (type == "tool_result") open.Remove(block.GetProperty("tool_use_id").GetString()!).ShouldBeTrue(where);
                if (type == "tool_result") mayBeResult.ShouldBeTrue(where);
                else mayBeResult = false;
                if (type == "text") block.GetProperty("text").GetString().ShouldNotBeNullOrWhiteSpace(where);
            }

            if (role == "user") open.ShouldBeEmpty(where);
        }

        role.ShouldBe("user", where);
    }

    private static void CheckChat(JsonElement messages, string where)
    {
        var waiting = new Queue<string>();
        foreach (var message in messages.EnumerateArray())
        {
            var role = message.GetProperty("role").GetString();
            if (role == "tool") message.GetProperty("tool_call_id").GetString().ShouldBe(waiting.Dequeue(), where);
            else waiting.ShouldBeEmpty(where);
            if (!message.TryGetProperty("tool_calls", out var calls)) continue;
            foreach (var call in calls.EnumerateArray()) waiting.Enqueue(call.GetProperty("id").GetString()!);
        }

        waiting.ShouldBeEmpty(where);
    }
}
