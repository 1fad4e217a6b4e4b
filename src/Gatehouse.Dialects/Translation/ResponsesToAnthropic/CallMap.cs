using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Writes the history's calls as <c>tool_use</c> blocks.</summary>
internal sealed class CallMap(ResponsesToAnthropicRequest attempt, JsonWriter json)
{
    /// <summary>Writes a call as a block.</summary>
    public void Write(ItemKind kind, JsonView view)
    {
        json.BeginObject();
        json.String("type"u8, "tool_use"u8);
        json.Name("id"u8);
        WriteId(view);
        json.String("name"u8, CallItems.Tool(kind, view, attempt).Sent);
        json.Name("input"u8);
        if (kind == ItemKind.FunctionCall) WriteArguments(view["arguments"u8]);
        else CallItems.WriteArguments(json, kind, view);
        json.EndObject();
    }

    /// <summary>Writes the id that a call and its result share, as a value.</summary>
    public void WriteId(JsonView view)
    {
        attempt.Scratch.Clear();
        _ = InputItems.CallId(view).TryAppendPlain(attempt.Scratch);
        json.BeginString();
        ToolIds.ToUpstream(Dialect.Anthropic, attempt.Scratch.Written, null, json.Output);
        json.EndString();
    }

    private void WriteArguments(JsonView arguments)
    {
        attempt.Scratch.Clear();
        if (arguments.IsEmpty)
            json.Raw("{}"u8);
        else if (arguments.TryAppendPlain(attempt.Scratch) && JsonView.TryParse(attempt.Scratch.Written, out var given) && given.IsObject)
            json.Raw(given);
        else
        {
            attempt.Lose(ResponsesToAnthropicLosses.Arguments);
            json.BeginObject();
            json.EscapedString("arguments"u8, arguments.Escaped);
            json.EndObject();
        }
    }
}
