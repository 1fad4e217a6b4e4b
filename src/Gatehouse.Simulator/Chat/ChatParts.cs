using System.Text.Json;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>What stands inside the messages of a Chat Completions request: the parts of their content, and the calls of the model's.</summary>
internal static class ChatParts
{
    private static readonly string[] s_kinds = ["text", "image_url", "input_audio", "refusal", "audio", "file"];
    private static readonly string[] s_calls = ["function", "custom"];

    /// <summary>Checks the content of all messages, then the calls of all of them.</summary>
    public static ApiError? Check(List<JsonElement> messages) =>
        messages.SelectMany((message, i) => message.Items("content").Select((part, j) => CheckPart(part, $"messages[{i}].content[{j}]")))
            .Concat(messages.SelectMany((message, i) => message.Items("tool_calls").Select((call, j) => CheckCall(call, $"messages[{i}].tool_calls[{j}]"))))
            .FirstOrDefault(static error => error is not null);

    private static ApiError? CheckPart(JsonElement part, string place)
    {
        if (part.ValueKind != JsonValueKind.Object) return OpenAiFields.WrongType(place, FieldKind.Object, part);
        if (part.Get("type") is null) return OpenAiFields.Missing(place + ".type");
        var type = part.Text("type");
        if (!s_kinds.Contains(type)) return OpenAiFields.BadValue(place + ".type", type, s_kinds);
        return type switch
        {
            "text" => OpenAiFields.CheckText(part, "text", place),
            "image_url" => part.Get("image_url") is { ValueKind: JsonValueKind.Object } image
                ? OpenAiFields.CheckText(image, "url", place + ".image_url")
                : OpenAiFields.Missing(place + ".image_url"),
            _ => null,
        };
    }

    private static ApiError? CheckCall(JsonElement call, string place)
    {
        if (call.Get("type") is null) return OpenAiFields.Missing(place + ".type");
        var type = call.Text("type");
        if (!s_calls.Contains(type)) return OpenAiFields.BadValue(place + ".type", type, s_calls);
        if (call.Get(type!) is not { ValueKind: JsonValueKind.Object } inner) return OpenAiFields.Missing($"{place}.{type}");
        return OpenAiFields.CheckText(inner, "name", $"{place}.{type}") ?? OpenAiFields.CheckText(inner, type == "custom" ? "input" : "arguments", $"{place}.{type}");
    }
}
