using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>In whose way a chat host tells what its model thinks.</summary>
internal enum ThoughtForm
{
    /// <summary>OpenAI's: it only counts it.</summary>
    Hidden,

    /// <summary>DeepSeek's: <c>reasoning_content</c>, which must come back with the results of the tools that it led to.</summary>
    Content,

    /// <summary>OpenRouter's: <c>reasoning</c>, and <c>reasoning_details</c>, which must come back as they were.</summary>
    Details,
}

/// <summary>
/// What a chat model thinks, in the form of the host that the model's name speaks of. Both forms hold a seal, so that what comes back can be told from what
/// was made up or changed on the way.
/// </summary>
internal static class ChatThought
{
    private const string Seal = "chat thought";
    private const int FragmentSize = 24;
    private static readonly string[] s_forms = ["deepseek", "openrouter"];

    /// <summary>The form that a model's name asks for.</summary>
    public static ThoughtForm FormOf(string model) =>
        (ThoughtForm)(Array.FindIndex(s_forms, host => model.Contains(host, StringComparison.OrdinalIgnoreCase)) + 1);

    /// <summary>What it leads to in a stream.</summary>
    public static IEnumerable<JsonObject> Deltas(ThoughtForm form, ThinkingPart thought, Seals seals)
    {
        var seal = seals.Sign(Seal, thought.Text);
        foreach (var piece in Fragment.Cut(form == ThoughtForm.Content ? Sealed(thought.Text, seal) : thought.Text, FragmentSize))
        {
            yield return form == ThoughtForm.Content
                ? new JsonObject { ["content"] = null, ["reasoning_content"] = piece }
                : new JsonObject { ["content"] = "", ["reasoning"] = piece, ["reasoning_details"] = new JsonArray(Detail("text", piece)) };
        }

        if (form == ThoughtForm.Details) yield return new JsonObject { ["content"] = "", ["reasoning_details"] = new JsonArray(Detail("signature", seal)) };
    }

    /// <summary>Puts it into a whole message.</summary>
    public static void Add(JsonObject message, ThoughtForm form, ThinkingPart thought, Seals seals)
    {
        var seal = seals.Sign(Seal, thought.Text);
        if (form == ThoughtForm.Content)
        {
            message["reasoning_content"] = Sealed(thought.Text, seal);
            return;
        }

        var detail = Detail("text", thought.Text);
        detail["signature"] = seal;
        message["reasoning"] = thought.Text;
        message["reasoning_details"] = new JsonArray(detail);
    }

    /// <summary>Refuses a history in which what was thought is missing where it must be, or is not what was thought.</summary>
    public static ApiError? Check(ThoughtForm form, List<JsonElement> messages, Seals seals)
    {
        var lastUser = messages.FindLastIndex(static m => m.Text("role") == "user");
        for (var i = 0; i < messages.Count && form != ThoughtForm.Hidden; i++)
        {
            if (messages[i].Text("role") != "assistant") continue;
            var mustThink = i > lastUser && messages[i].Items("tool_calls").Any();
            var error = form == ThoughtForm.Content ? CheckContent(messages[i], mustThink, seals) : CheckDetails(messages[i], i, seals);
            if (error is not null) return error;
        }

        return null;
    }

    private static ApiError? CheckContent(JsonElement message, bool mustThink, Seals seals)
    {
        if (message.Text("reasoning_content") is not { } content)
            return mustThink ? ApiError.Invalid("Missing `reasoning_content` field in the assistant message of the last tool round") : null;
        var at = content.LastIndexOf(" #", StringComparison.Ordinal);
        return content.Length == 0 || (at >= 0 && seals.Verify(Seal, content[..at], content[(at + 2)..]))
            ? null : ApiError.Invalid("`reasoning_content` is not what the model thought");
    }

    private static ApiError? CheckDetails(JsonElement message, int place, Seals seals) =>
        message.Items("reasoning_details").All(detail => detail.Text("type") == "reasoning.text" && detail.Number("index") == 0
            && seals.Verify(Seal, detail.Text("text") ?? "", detail.Text("signature") ?? ""))
            ? null : ApiError.Invalid($"messages[{place}].reasoning_details: Invalid `signature` in reasoning details");

    private static string Sealed(string text, string seal) => $"{text} #{seal}";

    private static JsonObject Detail(string member, string text) =>
        new() { ["type"] = "reasoning.text", [member] = text, ["format"] = "anthropic-claude-v1", ["index"] = 0 };
}
