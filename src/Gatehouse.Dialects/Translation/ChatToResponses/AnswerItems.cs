using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>
/// The items of a Responses answer on their way into a chat message, which has one text, one thinking text and numbered calls. Items are known by
/// their <c>output_index</c>; what was not streamed is taken from the complete item. Not thread-safe; allocates nothing per delta.
/// </summary>
internal sealed class AnswerItems : IDisposable
{
    private const long NoIndex = -1;

    /// <summary>More items than any answer has: looking for one among them must stay cheap.</summary>
    private const int MostItems = 2048;

    private readonly List<AnswerItem> _items = [];
    private readonly ChatToResponsesRequest _request;
    private readonly ChatStream _chat;
    private readonly ChatAnswerText _text;
    private readonly ChatAnswerCalls _calls;
    private readonly TurnState _state = new();
    private readonly StopWatch _stops;
    private (long Item, long Part) _thinkingAt = (NoIndex, NoIndex);
    private (long Item, long Part) _textAt = (NoIndex, NoIndex);

    /// <summary>The index that text, or thinking, named of an item that never began: the item that comes whole later says the same again.</summary>
    private long? _looseText;
    private long? _looseThinking;

    public AnswerItems(ChatToResponsesRequest request, ChatStream chat)
    {
        (_request, _chat) = (request, chat);
        _text = new ChatAnswerText(request, chat);
        _calls = new ChatAnswerCalls(request, chat);
        _stops = new StopWatch(request.Stops, _text);
    }

    /// <summary>Whether a stop string ended the text.</summary>
    public bool Stopped => _stops.Found is not null;

    /// <summary>An item begins.</summary>
    public void Start(JsonView index, JsonView item)
    {
        if (!index.TryInteger(out var number) || number < 0 || !item.IsObject || Find(number) is not null || _items.Count == MostItems) _request.Lose(ChatLosses.Malformed);
        else _ = Add(number, item);
    }

    /// <summary>An item is complete: what was not streamed of it is taken over now.</summary>
    public void Complete(JsonView index, JsonView item)
    {
        if (index.TryInteger(out var number) && number >= 0) Complete(number, item);
        else _request.Lose(ChatLosses.Malformed);
    }

    /// <summary>The answer's last event repeats an item. It is told only where nothing was told of it before, under whatever index: some hosts count otherwise there.</summary>
    public void Repeat(long number, JsonView item)
    {
        if (Find(number) is null)
        {
            if (IsTold(item)) return;
            if (_looseText is not null) _looseText = NoIndex;
            if (_looseThinking is not null) _looseThinking = NoIndex;
        }

        Complete(number, item);
    }

    /// <summary>An item is complete.</summary>
    private void Complete(long number, JsonView item)
    {
        if (!item.IsObject || _items.Count == MostItems || Stopped) return;
        var known = Find(number) ?? Add(number, item);
        if (known.IsDone) return;
        known.IsDone = true;
        if (known.Call is { } call)
        {
            if (!call.HasInput) _calls.Add(call, item[call.Kind == ToolKind.Custom && call.Text is null ? "input"u8 : "arguments"u8]);
            _calls.End(call);
        }
        else if (known.Kind == ItemWord.Message)
            CompleteMessage(known, item);
        else if (known.Kind == ItemWord.Reasoning)
            CompleteReasoning(known, item);
        else if (item["type"u8].Is("web_search_call"u8) || item["type"u8].Is("code_interpreter_call"u8))
            _state.AddHosted(item);
    }

    /// <summary>A piece of text.</summary>
    public void Text(JsonView place, JsonView delta)
    {
        if (delta.Escaped.IsEmpty) return;
        EnterText(Index(place["output_index"u8]), Index(place["content_index"u8]));
        Add(delta, place["logprobs"u8]);
    }

    /// <summary>A piece of a refusal.</summary>
    public void Refuse(JsonView place, ReadOnlySpan<byte> escaped)
    {
        var number = Index(place["output_index"u8]);
        if (Find(number) is { Kind: ItemWord.Message } item) item.HasContent = true;
        else _looseText = number;
        _chat.Refusal(escaped);
    }

    /// <summary>A piece of thinking; parts of it get an empty line between them.</summary>
    public void Think(JsonView place, JsonView part, ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        var at = (Index(place["output_index"u8]), Index(part));
        if (Find(at.Item1) is { Kind: ItemWord.Reasoning } item) item.HasContent = true;
        else _looseThinking = at.Item1;
        Show(at, escaped);
    }

    /// <summary>A piece of a call's arguments, or of a free-form tool's input.</summary>
    public void Input(JsonView index, JsonView delta)
    {
        var item = Find(Index(index));
        if (item?.Call is { } call && !item.IsDone) _calls.Add(call, delta);
        else if (item is not { Kind: ItemWord.Hidden }) _request.Lose(ChatLosses.Malformed);
    }

    /// <summary>The text at hand rests on a source.</summary>
    public void Cite(JsonView annotation)
    {
        if (annotation["type"u8].Is("url_citation"u8) && annotation["start_index"u8].TryInteger(out var start) && annotation["end_index"u8].TryInteger(out var end))
            _text.Cite(start, end, annotation["url"u8], annotation["title"u8]);
        else
            _request.Lose(ChatLosses.Citations);
    }

    /// <summary>The answer ends: items that were left open are closed, and what the model thought before its calls is remembered.</summary>
    public void End()
    {
        foreach (var item in _items)
        {
            if (item is { IsDone: false, Call: { } call }) _calls.End(call);
        }

        if (!Stopped) _stops.Flush();
        _text.End(_calls.HasFormat);
        var hasState = _state.HasItems || _state.HasHosted;
        var isCarried = _request.CarriesDetails && hasState;
        var isRemembered = _chat.Tools > 0 && (hasState || _request.Thinks);
        if (!isRemembered && !isCarried)
        {
            if (_state.HasItems) _request.Lose(ChatToResponsesLosses.ReasoningHidden);
            return;
        }

        var state = _state.Take();
        if (isRemembered) _calls.Remember(state);
        if (isCarried) _chat.ReasoningDetails(state);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _stops.Dispose();
        _text.Dispose();
        _calls.Dispose();
    }

    private static long Index(JsonView value) => value.TryInteger(out var number) ? number : NoIndex;

    private AnswerItem? Find(long number)
    {
        foreach (var item in _items)
        {
            if (item.Number == number) return item;
        }

        return null;
    }

    private AnswerItem Add(long number, JsonView item)
    {
        var type = item["type"u8];
        var isText = type.Is("custom_tool_call"u8);
        AnswerItem added;
        if (isText || type.Is("function_call"u8))
        {
            _stops.Flush();
            var call = _calls.Begin(item["call_id"u8], item["name"u8], isText);
            added = new AnswerItem(number, call is null ? ItemWord.Hidden : ItemWord.Call, KeyOf(item)) { Call = call };
            if (call is not null && call.Kind != ToolKind.OutputFormat) _state.AddCall();
            _text.Part();
        }
        else
            added = new AnswerItem(number, WordOf(type), KeyOf(item));

        added.HasContent = (added.Kind == ItemWord.Message && WasLoose(ref _looseText, number)) || (added.Kind == ItemWord.Reasoning && WasLoose(ref _looseThinking, number));
        if (added.Kind == ItemWord.Message) _state.AddMessage();
        if (added is { Kind: ItemWord.Hidden, Call: null } && !type.Is("function_call"u8)) _request.Lose(ChatLosses.ServerTools);
        _items.Add(added);
        return added;
    }

    private static ItemWord WordOf(JsonView type) =>
        type.Is("message"u8) ? ItemWord.Message : type.Is("reasoning"u8) ? ItemWord.Reasoning : ItemWord.Hidden;

    private static byte[] KeyOf(JsonView item) => (item["call_id"u8] is { IsString: true } id ? id : item["id"u8]).Raw.ToArray();

    private static bool WasLoose(ref long? loose, long number)
    {
        if (loose != number && loose != NoIndex) return false;
        loose = null;
        return true;
    }

    /// <summary>An answer has one message and one piece of thinking as a rule; anything else is known by its id.</summary>
    private bool IsTold(JsonView item)
    {
        var (word, key) = (WordOf(item["type"u8]), KeyOf(item));
        foreach (var known in _items)
        {
            if (word == ItemWord.Hidden ? key.Length > 0 && key.AsSpan().SequenceEqual(known.Key) : known.Kind == word) return true;
        }

        return false;
    }

    private void CompleteMessage(AnswerItem known, JsonView item)
    {
        if (known.HasContent) return;
        var part = 0;
        foreach (var content in item["content"u8].Items)
        {
            if (content["type"u8].Is("refusal"u8))
            {
                _chat.Refusal(content["refusal"u8].Escaped);
                continue;
            }

            EnterText(known.Number, part++);
            Add(content["text"u8], content["logprobs"u8]);
            foreach (var annotation in content["annotations"u8].Items) Cite(annotation);
        }
    }

    private void CompleteReasoning(AnswerItem known, JsonView item)
    {
        _state.Add(item);
        if (known.HasContent) return;
        var part = 0;
        foreach (var summary in item["summary"u8].Items) Show((known.Number, part++), summary["text"u8].Escaped);
        foreach (var content in item["content"u8].Items) Show((known.Number, part++), content["text"u8].Escaped);
    }

    private void Add(JsonView text, JsonView logprobs)
    {
        if (_request.WantsLogprobs) LogprobText.Append(logprobs, "null"u8, _request.Logprobs);
        if (_stops.IsOn) _ = _stops.Read(text);
        else _text.Text(text.Escaped);
    }

    private void EnterText(long item, long part)
    {
        if (Find(item) is { Kind: ItemWord.Message } known) known.HasContent = true;
        else _looseText = item;
        if (_textAt == (item, part)) return;
        _stops.Flush();
        if (_textAt.Item != NoIndex || _textAt.Part != NoIndex) _text.Part();
        _textAt = (item, part);
        _text.Begin();
    }

    private void Show((long Item, long Part) at, ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty || _request.HidesThinking) return;
        if (_thinkingAt != at && _thinkingAt.Item != NoIndex) _chat.Reasoning("\\n\\n"u8);
        _thinkingAt = at;
        _chat.Reasoning(escaped);
    }

    private enum ItemWord : byte
    {
        Message,
        Reasoning,
        Call,
        Hidden,
    }

    private sealed class AnswerItem(long number, ItemWord kind, byte[] key)
    {
        public long Number { get; } = number;

        /// <summary>The id by which it is known, as JSON; empty when it has none.</summary>
        public byte[] Key { get; } = key;

        public ItemWord Kind { get; } = kind;

        public ChatAnswerCall? Call { get; init; }

        public bool HasContent { get; set; }

        public bool IsDone { get; set; }
    }
}
