using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>
/// Writes <c>system</c> and <c>messages</c>. Items become turns: what the model said and called is one turn, what the tools answered and the user said is
/// the next, the results first and in the calls' order, as Anthropic demands. A conversation that grew gives turns that begin with the same bytes.
/// </summary>
internal ref struct MessageMap(
    ResponsesRequest request, InputItems items, ResponsesToAnthropicRequest attempt, JsonWriter json, CacheMarks marks, ThinkingPlan plan)
{
    private readonly ResponsesRequest _request = request;
    private readonly PartMap _parts = new(attempt, json, marks);
    private readonly CallMap _callMap = new(attempt, json);
    private readonly ThinkingPlan _plan = plan;
    private readonly List<int> _calls = [];
    private readonly List<int> _thoughts = [];
    private int _searches;
    private int _providerCalls;
    private Turn _turn;

    private enum Turn : byte
    {
        None,
        User,
        Model,
    }

    /// <summary>Writes the instructions and the developer's messages that open the conversation.</summary>
    public readonly void WriteSystem(OutputFormat format)
    {
        var start = json.Here;
        json.BeginArray("system"u8);
        var empty = json.Output.Length;
        if (_request.Instructions.IsString) _parts.Write(_request.Instructions, BlockPlace.System, -1);
        foreach (var item in _request.Instructions.Items) _parts.Write(item["content"u8], BlockPlace.System, -1);
        for (var at = 0; at < items.Leading; at++)
        {
            if (items[at].Kind == ItemKind.System) _parts.Write(items.View(_request.Body, at)["content"u8], BlockPlace.System, at);
        }

        if (format.IsJsonObject)
        {
            attempt.Lose(ResponsesToAnthropicLosses.JsonObject);
            _parts.WritePlain("Answer with one JSON object and nothing else."u8, BlockPlace.System);
        }

        var isEmpty = json.Output.Length == empty;
        json.EndArray();
        if (isEmpty) json.TakeBack(start);
    }

    /// <summary>Writes the conversation.</summary>
    public void WriteMessages()
    {
        json.BeginArray("messages"u8);
        if (_request.Input.IsString)
        {
            if (InputParts.HasContent(_request.Input))
            {
                EnterUser();
                _parts.Write(_request.Input, BlockPlace.User, -1);
            }
        }

        for (var at = items.Leading; at < items.Count; at++) Write(at);
        if (_turn != Turn.User)
        {
            var (isFirst, hasResults) = (_turn == Turn.None, _calls.Count > 0);
            attempt.Lose(ResponsesToAnthropicLosses.NoUser, isFirst);
            attempt.Lose(ResponsesToAnthropicLosses.LastMessage, !isFirst && !hasResults);
            EnterUser();
            if (!hasResults) _parts.WritePlain(isFirst ? "Begin."u8 : "Go on."u8, BlockPlace.User);
        }

        LoseSearches();
        CloseTurn();
        json.EndArray();
    }

    private void LoseSearches()
    {
        attempt.Lose(ResponsesLosses.WebSearchCall, _searches > 0);
        attempt.Lose(ResponsesLosses.HostedItems, _providerCalls > 0);
        (_searches, _providerCalls) = (0, 0);
    }

    private void Write(int at)
    {
        var item = items[at];
        var view = items.View(_request.Body, at);
        if (item.IsCall)
        {
            EnterModel();
            _callMap.Write(at, item.Kind, view);
            _calls.Add(at);
            return;
        }

        if (item.IsOutput)
        {
            // A result is written with those of its turn. What comes behind it is another turn of the model's.
            if (item.Partner < 0) WriteOrphan(item.Kind, view, at);
            else if (_calls.Count > 0) EnterUser();
            return;
        }

        switch (item.Kind)
        {
            case ItemKind.User:
                if (!InputParts.HasContent(view["content"u8])) break;
                EnterUser();
                _parts.Write(view["content"u8], BlockPlace.User, at);
                break;
            case ItemKind.System:
                if (!InputParts.HasContent(view["content"u8])) break;
                EnterUser();
                attempt.Lose(ResponsesLosses.LateSystem);
                _parts.Write(view["content"u8], BlockPlace.Reminder, at);
                break;
            case ItemKind.Assistant:
                WriteSaid(view, at);
                break;
            case ItemKind.Reasoning:
                if (item.StateLength > 0 && ReasoningState.IsAnthropic(State(item))) _thoughts.Add(at);
                else if (ReasoningState.IsAnthropicTools(State(item))) WriteServerBlocks(item);
                else attempt.Lose(ResponsesLosses.ForeignReasoning);
                break;
            default:
                Note(item.Kind);
                break;
        }
    }

    private readonly ReadOnlySpan<byte> State(InputItem item) => attempt.States.Written.Slice(item.StateStart, item.StateLength);

    /// <summary>What the provider's own tools did: as it issued it, encrypted findings included.</summary>
    private void WriteServerBlocks(InputItem item)
    {
        EnterModel();
        (_searches, _providerCalls) = (0, 0);
        json.Raw(ReasoningState.Content(State(item)));
    }

    private void Note(ItemKind kind)
    {
        // The search or call itself stands in the state that comes behind it.
        if (kind == ItemKind.WebSearchCall) _searches++;
        else if (kind == ItemKind.ProviderCall) _providerCalls++;
        else if (kind == ItemKind.Hosted) attempt.Lose(ResponsesLosses.HostedItems);
        else if (kind == ItemKind.Compaction) attempt.Lose(ResponsesLosses.Compaction);
        else if (kind == ItemKind.Unknown) attempt.Lose(ResponsesLosses.UnknownItems);
    }

    private void WriteSaid(JsonView view, int at)
    {
        attempt.Lose(ResponsesLosses.Phase, view["phase"u8].IsString);
        if (!InputParts.HasContent(view["content"u8])) return;
        EnterModel();
        _parts.Write(view["content"u8], BlockPlace.Model, at);
    }

    private readonly void WriteResults()
    {
        foreach (var at in _calls)
        {
            json.BeginObject();
            json.String("type"u8, "tool_result"u8);
            json.Name("tool_use_id"u8);
            _callMap.WriteId(at, items.View(_request.Body, at));
            var partner = items[at].Partner;
            if (partner >= 0)
                _parts.WriteResult(items[partner].Kind, items.View(_request.Body, partner), partner);
            else
            {
                attempt.Lose(ResponsesLosses.OrphanCall);
                json.String("content"u8, "There is no result: the call was not carried out."u8);
                json.Bool("is_error"u8, true);
            }

            json.EndObject();
            marks.AfterUserBlock();
        }

        _calls.Clear();
    }

    private void WriteOrphan(ItemKind kind, JsonView view, int at)
    {
        attempt.Lose(ResponsesLosses.OrphanOutput);
        EnterUser();
        _parts.WritePlain("Result of an earlier tool call:"u8, BlockPlace.User);
        _parts.WriteOutput(kind, view, BlockPlace.User, at);
    }

    private void EnterUser()
    {
        // Thinking that nothing follows can't be the end of a turn: Anthropic refuses it.
        attempt.Lose(ResponsesLosses.ForeignReasoning, _thoughts.Count > 0);
        _thoughts.Clear();
        LoseSearches();
        if (_turn == Turn.User) return;
        CloseTurn();
        Open(Turn.User);
        WriteResults();
    }

    private void EnterModel()
    {
        if (_turn == Turn.None)
        {
            // Anthropic wants the user to speak first.
            attempt.Lose(ResponsesToAnthropicLosses.NoUser);
            Open(Turn.User);
            _parts.WritePlain("Begin."u8, BlockPlace.User);
        }

        if (_turn != Turn.Model)
        {
            CloseTurn();
            Open(Turn.Model);
        }

        foreach (var at in _thoughts)
        {
            if (_plan.Mode != ThinkingMode.Disabled) json.Raw(ReasoningState.Content(State(items[at])));
        }

        _thoughts.Clear();
    }

    private void Open(Turn turn)
    {
        _turn = turn;
        json.BeginObject();
        json.String("role"u8, turn == Turn.User ? "user"u8 : "assistant"u8);
        json.BeginArray("content"u8);
    }

    private void CloseTurn()
    {
        if (_turn == Turn.None) return;
        if (_turn == Turn.User) marks.AfterUserTurn();
        json.EndArray();
        json.EndObject();
        _turn = Turn.None;
    }
}
