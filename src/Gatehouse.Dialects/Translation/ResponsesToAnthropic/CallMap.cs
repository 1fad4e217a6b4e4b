using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Writes the history's calls as <c>tool_use</c> blocks.</summary>
internal sealed class CallMap(ResponsesToAnthropicRequest attempt, JsonWriter json)
{
    private readonly HashSet<ulong> _seenIds = [];
    private readonly Dictionary<int, int> _numbers = [];

    /// <summary>Writes a call as a block.</summary>
    /// <param name="at">The index of its item.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="view">The item.</param>
    public void Write(int at, ItemKind kind, JsonView view)
    {
        // Some hosts number the calls of each turn from 0; Anthropic wants each id once in a conversation.
        if (!_seenIds.Add(ChatHistory.Hash(InputItems.CallId(view).Escaped))) _numbers[at] = _numbers.Count + 1;
        json.BeginObject();
        json.String("type"u8, "tool_use"u8);
        json.Name("id"u8);
        WriteId(at, view);
        json.String("name"u8, CallItems.Tool(kind, view, attempt).Sent);
        json.Name("input"u8);
        if (kind == ItemKind.FunctionCall) WriteArguments(view["arguments"u8]);
        else CallItems.WriteArguments(json, kind, view);
        json.EndObject();
    }

    /// <summary>Writes the id that a call and its result share, as a value.</summary>
    /// <param name="at">The index of the call's item.</param>
    /// <param name="view">The call.</param>
    public void WriteId(int at, JsonView view)
    {
        attempt.Scratch.Clear();
        _ = InputItems.CallId(view).TryAppendPlain(attempt.Scratch);
        if (_numbers.TryGetValue(at, out var number)) attempt.Scratch.Append(System.Text.Encoding.ASCII.GetBytes($"_again_{number}"));
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
