using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>What a scripted model says in one turn. A turn without calls ends the loop.</summary>
internal sealed record SaidTurn(string Thinking, string Signature, string Text, IReadOnlyList<SaidCall> Calls);

/// <summary>A call that a scripted model makes.</summary>
internal sealed record SaidCall(string Id, string Name, string Arguments);

/// <summary>
/// Makes up conversations from a seed: the requests that a client of a dialect sends turn by turn, and what the model says. The texts hold quotes,
/// line ends, characters of all lengths and half escapes.
/// </summary>
/// <param name="seed">The same seed makes up the same conversations.</param>
/// <param name="length">How long texts are: 1 for a line or two.</param>
internal class RandomConversations(int seed, int length = 1)
{
    private static readonly string[] s_pieces =
    [
        "plain words ", "\"quoted\" ", "line\nline\r\n", "tab\t", "back\\slash ", "ünïcödé ", "😀👩‍👩‍👧 ", "\u0001\u001f", "{\"a\":[1,2]}", "</x>", "data: [DONE]\n\n", "\\u0041", "  ", "  ",
    ];

    private static readonly JsonSerializerOptions s_loose = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The randomness, for whoever needs more of it.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>The names of the client's tools.</summary>
    public IReadOnlyList<string> Tools { get; } = ["get_weather", "read.file/path", "a_name_that_is_far_longer_than_the_sixty_four_characters_that_hosts_allow_for_it", "x"];

    /// <summary>Some text that is not blank.</summary>
    public virtual string Text()
    {
        var text = new StringBuilder("t");
        for (var n = length * Random.Next(1, 6); n > 0; n--) text.Append(s_pieces[Random.Next(s_pieces.Length)]);
        return text.Append('.').ToString();
    }

    /// <summary>What the model says: with calls, unless it is the last turn.</summary>
    public virtual SaidTurn Turn(int number, bool isLast)
    {
        var calls = new List<SaidCall>();
        for (var n = isLast ? 0 : Random.Next(1, 4); n > 0; n--)
        {
            var arguments = new JsonObject { ["text"] = Text(), ["n"] = Random.Next(1000), ["list"] = new JsonArray(1, "b", null) };
            calls.Add(new SaidCall($"call_{number}_{n}", Tools[Random.Next(Tools.Count)], Random.Next(5) == 0 ? "{}" : arguments.ToJsonString(s_loose)));
        }

        var signature = Convert.ToBase64String(Encoding.UTF8.GetBytes($"sig {number} {Random.Next()}"));
        return new SaidTurn(Text(), signature, Random.Next(4) == 0 && !isLast ? "" : Text(), calls);
    }

    /// <summary>A client's first request, which asks the model to think and names the tools.</summary>
    public JsonObject Request(Dialect client) => client switch
    {
        Dialect.Anthropic => new JsonObject
        {
            ["model"] = "asked",
            ["max_tokens"] = 40_000,
            ["stream"] = true,
            ["system"] = Text(),
            ["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = 20_000 },
            ["tools"] = new JsonArray([.. Tools.Select(static name => (JsonNode)new JsonObject { ["name"] = name, ["description"] = "d", ["input_schema"] = Schema() })]),
            ["messages"] = new JsonArray(User(client, Text())),
        },
        Dialect.OpenAiChat => new JsonObject
        {
            ["model"] = "asked",
            ["stream"] = true,
            ["reasoning_effort"] = "medium",
            ["tools"] = new JsonArray([.. Tools.Select(static name => (JsonNode)new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["parameters"] = Schema() } })]),
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "system", ["content"] = Text() }, User(client, Text())),
        },
        _ => new JsonObject
        {
            ["model"] = "asked",
            ["stream"] = true,
            ["store"] = false,
            ["include"] = new JsonArray("reasoning.encrypted_content"),
            ["reasoning"] = new JsonObject { ["effort"] = "medium", ["summary"] = "auto" },
            ["tools"] = new JsonArray([.. Tools.Select(static name => (JsonNode)new JsonObject { ["type"] = "function", ["name"] = name, ["parameters"] = Schema(), ["strict"] = false })]),
            ["instructions"] = Text(),
            ["input"] = new JsonArray(User(client, Text())),
        },
    };

    /// <summary>Makes of a request the next one: the answer is put behind it as such a client does, and the results of its calls, or more of the user's.</summary>
    public void Continue(Dialect client, JsonObject request, JsonObject answer)
    {
        switch (client)
        {
            case Dialect.Anthropic: ContinueMessages(request["messages"]!.AsArray(), answer); break;
            case Dialect.OpenAiChat: ContinueChat(request["messages"]!.AsArray(), answer); break;
            default: ContinueResponses(request["input"]!.AsArray(), answer); break;
        }
    }

    /// <summary>The request's bytes, with escapes of the one kind or of the other.</summary>
    public static byte[] Bytes(JsonObject request, bool escapesAll) => Encoding.UTF8.GetBytes(escapesAll ? request.ToJsonString() : request.ToJsonString(s_loose));

    private static JsonObject Schema() => new() { ["type"] = "object", ["properties"] = new JsonObject { ["text"] = new JsonObject { ["type"] = "string" } } };

    private static JsonObject User(Dialect client, string text) =>
        client == Dialect.OpenAiResponses
            ? new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = text }) }
            : new JsonObject { ["role"] = "user", ["content"] = text };

    private void ContinueMessages(JsonArray messages, JsonObject answer)
    {
        var content = answer["content"]!.DeepClone().AsArray();
        messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = content });
        var results = new JsonArray();
        foreach (var block in content.Where(static block => (string?)block!["type"] == "tool_use"))
            results.Add(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = (string?)block!["id"], ["content"] = Text() });
        messages.Add(results.Count > 0 ? new JsonObject { ["role"] = "user", ["content"] = results } : User(Dialect.Anthropic, Text()));
    }

    private void ContinueChat(JsonArray messages, JsonObject answer)
    {
        var message = answer["choices"]![0]!["message"]!.DeepClone().AsObject();
        messages.Add(message);
        var calls = message["tool_calls"]?.AsArray() ?? [];
        foreach (var call in calls) messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = (string?)call!["id"], ["content"] = Text() });
        if (calls.Count == 0) messages.Add(User(Dialect.OpenAiChat, Text()));
    }

    private void ContinueResponses(JsonArray input, JsonObject answer)
    {
        var calls = 0;
        foreach (var item in answer["output"]!.AsArray()) input.Add(item!.DeepClone());
        foreach (var item in answer["output"]!.AsArray().Where(static item => (string?)item!["type"] == "function_call"))
        {
            calls++;
            input.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = (string?)item!["call_id"], ["output"] = Text() });
        }

        if (calls == 0) input.Add(User(Dialect.OpenAiResponses, Text()));
    }
}
