using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>
/// Writes <c>messages</c>. What the model said and called in one go is one message, and the results of its calls follow at once, in the calls' order, as
/// chat hosts demand. A conversation that grew gives messages that begin with the same bytes.
/// </summary>
internal ref struct MessageMap(ResponsesRequest request, InputItems items, ResponsesToChatRequest attempt, JsonWriter json)
{
    private readonly ResponsesRequest _request = request;
    private readonly PartMap _parts = new(attempt, json);
    private readonly CallMap _callMap = new(attempt, json);
    private readonly List<int> _said = [];
    private readonly List<int> _calls = [];
    private readonly List<int> _thoughts = [];

    /// <summary>Writes all messages.</summary>
    public void Write()
    {
        json.BeginArray("messages"u8);
        WriteSystem();
        if (_request.Input.IsString) WriteMessage("user"u8, _request.Input, -1);
        for (var at = items.Leading; at < items.Count; at++) Write(at);
        EndTurn();
        json.EndArray();
    }

    private readonly ReadOnlySpan<byte> SystemRole => attempt.Context.Traits.DeveloperRole ? "developer"u8 : "system"u8;

    /// <summary>Instructions and opening messages of the developer's are one message: many hosts take only one, and only at the start.</summary>
    private readonly void WriteSystem()
    {
        var start = json.Here;
        json.BeginObject();
        json.String("role"u8, SystemRole);
        json.Name("content"u8);
        json.BeginString();
        var empty = json.Output.Length;
        var isFirst = true;
        _parts.AppendText(_request.Instructions, -1, ref isFirst);
        foreach (var item in _request.Instructions.Items) _parts.AppendText(item["content"u8], -1, ref isFirst);
        for (var at = 0; at < items.Leading; at++)
        {
            if (items[at].Kind != ItemKind.System) continue;
            var content = items.View(_request.Body, at)["content"u8];
            attempt.Lose(ResponsesLosses.UnknownContent, InputParts.HasMedia(content));
            _parts.AppendText(content, at, ref isFirst);
        }

        var isEmpty = json.Output.Length == empty;
        json.EndString();
        json.EndObject();
        if (isEmpty) json.TakeBack(start);
    }

    private void Write(int at)
    {
        var item = items[at];
        var view = items.View(_request.Body, at);
        switch (item.Kind)
        {
            case ItemKind.Reasoning:
                if (item.StateLength > 0 && ReasoningState.IsChat(State(item))) _thoughts.Add(at);
                else attempt.Lose(item.StateLength == 0 && !view["encrypted_content"u8].IsString ? ResponsesToChatLosses.ReasoningHistory : ResponsesLosses.ForeignReasoning);
                break;
            case ItemKind.Assistant:
                attempt.Lose(ResponsesLosses.Phase, view["phase"u8].IsString);
                attempt.Lose(ResponsesToChatLosses.Order, _calls.Count > 0);
                if (InputParts.HasContent(view["content"u8])) _said.Add(at);
                break;
            case ItemKind.User:
                EndTurn();
                WriteMessage("user"u8, view["content"u8], at);
                break;
            case ItemKind.System:
                EndTurn();
                WriteLateSystem(view["content"u8], at);
                break;
            default:
                if (item.IsCall) _calls.Add(at);
                else if (item.IsOutput) WriteOutput(item, view, at);
                else Note(item.Kind);
                break;
        }
    }

    private readonly ReadOnlySpan<byte> State(InputItem item) => attempt.States.Written.Slice(item.StateStart, item.StateLength);

    private readonly void Note(ItemKind kind)
    {
        if (kind == ItemKind.WebSearchCall) attempt.Lose(ResponsesLosses.WebSearchCall);
        else if (kind is ItemKind.Hosted or ItemKind.ProviderCall) attempt.Lose(ResponsesLosses.HostedItems);
        else if (kind == ItemKind.Compaction) attempt.Lose(ResponsesLosses.Compaction);
        else if (kind == ItemKind.Unknown) attempt.Lose(ResponsesLosses.UnknownItems);
    }

    private readonly void WriteMessage(ReadOnlySpan<byte> role, JsonView content, int at)
    {
        if (!InputParts.HasContent(content)) return;
        json.BeginObject();
        json.String("role"u8, role);
        json.Name("content"u8);
        _parts.Write(content, at);
        json.EndObject();
    }

    private readonly void WriteLateSystem(JsonView content, int at)
    {
        if (!InputParts.HasContent(content)) return;
        var mayStandHere = attempt.Context.Traits.SystemAnywhere;
        attempt.Lose(ResponsesLosses.LateSystem, !mayStandHere);
        attempt.Lose(ResponsesLosses.UnknownContent, InputParts.HasMedia(content));
        json.BeginObject();
        json.String("role"u8, mayStandHere ? SystemRole : "user"u8);
        json.Name("content"u8);
        json.BeginString();
        if (!mayStandHere) json.AppendEscaped("<system>\\n"u8);
        var isFirst = true;
        _parts.AppendText(content, at, ref isFirst);
        if (!mayStandHere) json.AppendEscaped("\\n</system>"u8);
        json.EndString();
        json.EndObject();
    }

    private void WriteOutput(InputItem item, JsonView view, int at)
    {
        // A result is written with those of its turn. What comes behind it is another turn of the model's.
        if (item.Partner >= 0)
        {
            if (_calls.Count > 0) EndTurn();
            return;
        }

        EndTurn();
        attempt.Lose(ResponsesLosses.OrphanOutput);
        attempt.Lose(ResponsesLosses.UnknownContent, InputParts.HasMedia(view["output"u8]));
        json.BeginObject();
        json.String("role"u8, "user"u8);
        json.Name("content"u8);
        json.BeginString();
        json.AppendPlain("Result of an earlier tool call:\n\n"u8);
        _parts.AppendOutput(item.Kind, view, at);
        json.EndString();
        json.EndObject();
    }

    /// <summary>Writes what the model said, thought and called, and the results of its calls.</summary>
    private readonly void EndTurn()
    {
        if (_said.Count > 0 || _calls.Count > 0) WriteTurn();
        else attempt.Lose(ResponsesToChatLosses.ReasoningHistory, _thoughts.Count > 0);
        foreach (var at in _calls) WriteResult(at);
        if (!attempt.Context.Traits.ImagesInToolResults) WriteResultMedia();
        _said.Clear();
        _calls.Clear();
        _thoughts.Clear();
    }

    private readonly void WriteTurn()
    {
        json.BeginObject();
        json.String("role"u8, "assistant"u8);
        json.Name("content"u8);
        if (_said.Count == 0)
            json.Null();
        else
        {
            json.BeginString();
            var isFirst = true;
            foreach (var at in _said) _parts.AppendText(items.View(_request.Body, at)["content"u8], at, ref isFirst);
            json.EndString();
        }

        WriteThoughts();
        if (_calls.Count > 0)
        {
            json.BeginArray("tool_calls"u8);
            foreach (var at in _calls) _callMap.Write(items[at].Kind, items.View(_request.Body, at));
            json.EndArray();
        }

        json.EndObject();
    }

    /// <summary>
    /// Hosts that want the text of the model's thinking back want it on turns with tool calls, an empty one where nothing is known of it; hosts that gave
    /// details of it want those on every turn.
    /// </summary>
    private readonly void WriteThoughts()
    {
        var hasDetails = attempt.Context.Traits.ReasoningDetails && TryWriteDetails();
        if (!attempt.Context.Traits.ReasoningContentEcho || _calls.Count == 0)
        {
            attempt.Lose(ResponsesToChatLosses.ReasoningHistory, _thoughts.Count > 0 && !hasDetails);
            return;
        }

        json.Name("reasoning_content"u8);
        json.BeginString();
        foreach (var at in _thoughts) json.AppendEscaped(ReasoningState.ChatText(State(items[at])));
        json.EndString();
    }

    private readonly bool TryWriteDetails()
    {
        var start = json.Here;
        var any = false;
        json.BeginArray("reasoning_details"u8);
        foreach (var at in _thoughts) any |= ReasoningDetails.TryWrite(json, State(items[at]));
        if (any) json.EndArray();
        else json.TakeBack(start);
        return any;
    }

    private readonly void WriteResult(int at)
    {
        json.BeginObject();
        json.String("role"u8, "tool"u8);
        json.Name("tool_call_id"u8);
        _callMap.WriteId(items.View(_request.Body, at));
        json.Name("content"u8);
        var partner = items[at].Partner;
        if (partner >= 0)
            _parts.WriteResult(items[partner].Kind, items.View(_request.Body, partner), partner);
        else
        {
            attempt.Lose(ResponsesLosses.OrphanCall);
            json.String("There is no result: the call was not carried out."u8);
        }

        json.EndObject();
    }

    /// <summary>Images and files of results, for hosts whose results are text only: in a user's message behind them.</summary>
    private readonly void WriteResultMedia()
    {
        var begun = false;
        foreach (var at in _calls)
        {
            var partner = items[at].Partner;
            if (partner < 0) continue;
            var output = items.View(_request.Body, partner)["output"u8];
            if (!InputParts.HasMedia(output)) continue;
            if (!begun)
            {
                begun = true;
                json.BeginObject();
                json.String("role"u8, "user"u8);
                json.BeginArray("content"u8);
                InputMedia.WriteNote(json, "What the tool results above refer to:"u8);
            }

            _parts.WriteMedia(output, partner);
        }

        if (!begun) return;
        json.EndArray();
        json.EndObject();
    }
}
