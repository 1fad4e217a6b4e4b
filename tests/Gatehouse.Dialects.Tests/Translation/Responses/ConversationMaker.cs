using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

/// <summary>Makes conversations of Responses clients from a seed: messages, reasoning, calls of every kind and their results, in orders that clients send.</summary>
internal sealed class ConversationMaker(int seed)
{
    private static readonly string[] s_words = ["yes", "Zoë \"quoted\"", "line\nline", "😀", " ", "{\"json\":1}", "back\\slash", "tab\tend", "<system>", ""];
    private readonly Random _random = new(seed);
    private int _calls;

    /// <summary>The tools that the calls are of.</summary>
    public static JsonArray Tools() =>
    [
        JsonNode.Parse("""{"type":"function","name":"exec","strict":false,"parameters":{"type":"object","properties":{"cmd":{"type":"string"}}}}"""),
        JsonNode.Parse("""{"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}"""),
        JsonNode.Parse("""{"type":"namespace","name":"ns","description":"","tools":[{"type":"function","name":"spawn","parameters":{}}]}"""),
        JsonNode.Parse("""{"type":"local_shell"}"""),
    ];

    /// <summary>Appends a turn of the user's and what the model did about it.</summary>
    public void Grow(JsonArray input)
    {
        input.Add(Message("user", "input_text"));
        if (_random.Next(6) == 0) input.Add(Message("developer", "input_text"));
        for (var step = _random.Next(4); step > 0; step--) AddStep(input);
        if (_random.Next(3) > 0) input.Add(Message("assistant", "output_text"));
    }

    /// <summary>A body with these items.</summary>
    public static byte[] Body(JsonArray input) =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["model"] = "m",
            ["instructions"] = "Be good.",
            ["tools"] = Tools(),
            ["input"] = input.DeepClone(),
            ["stream"] = true,
        });

    /// <summary>Some text.</summary>
    public string Text() => string.Concat(Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => s_words[_random.Next(s_words.Length)]));

    private void AddStep(JsonArray input)
    {
        if (_random.Next(2) == 0) input.Add(new JsonObject { ["type"] = "reasoning", ["id"] = "rs", ["summary"] = new JsonArray(), ["encrypted_content"] = "foreign" });
        if (_random.Next(3) == 0) input.Add(Message("assistant", "output_text"));
        var outputs = new List<JsonObject>();
        for (var calls = 1 + _random.Next(3); calls > 0; calls--)
        {
            var id = $"toolu_{_calls++}";
            input.Add(Call(id));
            outputs.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = id, ["output"] = _random.Next(3) == 0 ? Parts() : Text() });
        }

        foreach (var output in outputs.OrderBy(_ => _random.Next())) input.Add(output);
    }

    private JsonArray Parts() => [new JsonObject { ["type"] = "input_text", ["text"] = Text() }, new JsonObject { ["type"] = "input_text", ["text"] = "more" }];

    private JsonObject Message(string role, string type) => new()
    {
        ["type"] = "message",
        ["role"] = role,
        ["content"] = _random.Next(2) == 0 ? "said: " + Text() : new JsonArray(new JsonObject { ["type"] = type, ["text"] = "said: " + Text() }),
    };

    private JsonObject Call(string id) => _random.Next(4) switch
    {
        0 => new JsonObject { ["type"] = "custom_tool_call", ["call_id"] = id, ["name"] = "apply_patch", ["input"] = Text() },
        1 => new JsonObject { ["type"] = "function_call", ["call_id"] = id, ["name"] = "spawn", ["namespace"] = "ns", ["arguments"] = "{}" },
        2 => new JsonObject
        {
            ["type"] = "local_shell_call",
            ["call_id"] = id,
            ["status"] = "completed",
            ["action"] = new JsonObject { ["type"] = "exec", ["command"] = new JsonArray("echo", Text()), ["env"] = new JsonObject() },
        },
        _ => new JsonObject { ["type"] = "function_call", ["call_id"] = id, ["name"] = "exec", ["arguments"] = new JsonObject { ["cmd"] = Text() }.ToJsonString() },
    };
}
