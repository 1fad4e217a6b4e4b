using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>Writes the history's calls as a chat message has them.</summary>
internal sealed class CallMap(ResponsesToChatRequest attempt, JsonWriter json)
{
    /// <summary>Writes a call as an element of <c>tool_calls</c>.</summary>
    public void Write(ItemKind kind, JsonView view)
    {
        var isNative = kind == ItemKind.CustomCall && attempt.Context.Traits.CustomTools;
        json.BeginObject();
        json.Name("id"u8);
        WriteId(view);
        json.String("type"u8, isNative ? "custom"u8 : "function"u8);
        json.BeginObject(isNative ? "custom"u8 : "function"u8);
        json.String("name"u8, CallItems.Tool(kind, view, attempt).Sent);
        if (isNative)
            json.Raw("input"u8, view["input"u8].Raw);
        else if (kind == ItemKind.FunctionCall)
            json.EscapedString("arguments"u8, view["arguments"u8].IsEmpty ? "{}"u8 : view["arguments"u8].Escaped);
        else
        {
            attempt.Scratch.Clear();
            CallItems.WriteArguments(new JsonWriter(attempt.Scratch), kind, view);
            json.String("arguments"u8, attempt.Scratch.Written);
        }

        json.EndObject();
        json.EndObject();
    }

    /// <summary>Writes the id that a call and its result share, as a value.</summary>
    public void WriteId(JsonView view)
    {
        attempt.Scratch.Clear();
        _ = InputItems.CallId(view).TryAppendPlain(attempt.Scratch);
        json.BeginString();
        ToolIds.ToUpstream(Dialect.OpenAiChat, attempt.Scratch.Written, attempt.Context.Traits.ToolIdLength, json.Output);
        json.EndString();
    }
}
