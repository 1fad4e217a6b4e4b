using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// The content blocks of an Anthropic answer on their way into a chat message, which has one text, one thinking text and numbered calls. Not
/// thread-safe; allocates nothing per delta.
/// </summary>
internal sealed class AnswerBlocks(ChatToAnthropicRequest request, ChatStream chat) : IDisposable
{
    /// <summary>More blocks than any answer has open: looking for one among them must stay cheap.</summary>
    private const int MostOpen = 256;

    private readonly List<AnswerBlock> _open = [];
    private readonly ChatAnswerText _text = new(request, chat);
    private readonly ChatAnswerCalls _calls = new(request, chat);
    private readonly ThinkingState _thinking = new();
    private readonly ServerBlocks _server = new();
    private bool _hasThinking;

    /// <summary>A block begins.</summary>
    public void Start(JsonView index, JsonView block)
    {
        if (!index.TryInteger(out var number) || !block.IsObject || Find(number) is not null || _open.Count == MostOpen)
        {
            request.Lose(ChatLosses.Malformed);
            return;
        }

        var type = block["type"u8];
        if (!_server.Begin(number, block)) FlushServer();
        if (type.Is("text"u8))
        {
            _open.Add(new AnswerBlock(number, BlockKind.Text));
            _text.Begin();
            AddText(block["text"u8].Escaped);
            return;
        }

        _text.Part();
        if (type.Is("thinking"u8)) StartThinking(number, block);
        else if (type.Is("redacted_thinking"u8)) _thinking.Redacted(block);
        else if (type.Is("tool_use"u8)) StartTool(number, block);
        else
        {
            _open.Add(new AnswerBlock(number, BlockKind.Hidden));
            request.Lose(ChatLosses.ServerTools);
        }
    }

    /// <summary>A block goes on. Pieces of a block that never began are taken as what they are, as far as that can be told.</summary>
    public void Delta(JsonView index, JsonView delta)
    {
        var block = index.TryInteger(out var number) ? Find(number) : null;
        var type = delta["type"u8];
        if (type.Is("text_delta"u8) && block?.Kind is null or BlockKind.Text) AddText(delta["text"u8].Escaped);
        else if (type.Is("input_json_delta"u8) && block is { Kind: BlockKind.Hidden }) _server.Delta(number, delta);
        else if (type.Is("input_json_delta"u8) && block is { Kind: BlockKind.Call }) _calls.Add(block.Call!, delta["partial_json"u8]);
        else if (type.Is("thinking_delta"u8) && block is { Kind: BlockKind.Thinking }) Think(delta["thinking"u8].Escaped);
        else if (type.Is("signature_delta"u8) && block is { Kind: BlockKind.Thinking }) _thinking.Sign(delta["signature"u8].Escaped);
        else if (type.Is("citations_delta"u8)) Cite(delta["citation"u8]);
        else if (block is not { Kind: BlockKind.Hidden }) request.Lose(ChatLosses.Malformed);
    }

    /// <summary>A block ends.</summary>
    public void Stop(JsonView index)
    {
        if (!index.TryInteger(out var number) || Find(number) is not { } block) return;
        _server.Stop(number);
        Close(block);
        _open.Remove(block);
    }

    /// <summary>The answer ends: blocks that were left open are closed, and what the model thought before its calls is remembered.</summary>
    public void End()
    {
        foreach (var block in _open) Close(block);
        _open.Clear();
        FlushServer();
        _text.End(_calls.HasFormat);
        if (_thinking.HasBlocks || request.Plan.Thinks) Remember();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thinking.Dispose();
        _server.Dispose();
        _text.Dispose();
        _calls.Dispose();
    }

    private void Remember()
    {
        var isCarried = request.CarriesDetails && _thinking.HasBlocks;
        if (chat.Tools == 0 && !isCarried)
        {
            if (_thinking.HasThinking) request.Lose(ChatToAnthropicLosses.ThinkingKept);
            return;
        }

        var state = _thinking.Take(request.Plan.Thinks);
        if (chat.Tools > 0) _calls.Remember(state);
        if (isCarried) chat.ReasoningDetails(state);
    }

    /// <summary>What the provider's own tools did since the last text or thinking is remembered at its place.</summary>
    private void FlushServer()
    {
        request.Scratch.Clear();
        if (_server.TryTake(request.Scratch)) _thinking.Server(request.Scratch.Written);
    }

    private AnswerBlock? Find(long number)
    {
        foreach (var block in _open)
        {
            if (block.Number == number) return block;
        }

        return null;
    }

    private void StartThinking(long number, JsonView block)
    {
        _open.Add(new AnswerBlock(number, BlockKind.Thinking));
        _thinking.Begin(block);
        if (_hasThinking && !request.HidesThinking) chat.Reasoning("\\n\\n"u8);
        Show(block["thinking"u8].Escaped);
    }

    private void AddText(ReadOnlySpan<byte> escaped)
    {
        _thinking.Text(escaped);
        _text.Text(escaped);
    }

    private void Cite(JsonView citation)
    {
        if (citation["type"u8].Is("web_search_result_location"u8) && citation["url"u8].IsString) _text.Cite(citation["url"u8], citation["title"u8]);
        else request.Lose(ChatLosses.Citations);
    }

    private void Think(ReadOnlySpan<byte> escaped)
    {
        _thinking.Think(escaped);
        Show(escaped);
    }

    private void Show(ReadOnlySpan<byte> escaped)
    {
        _hasThinking |= !escaped.IsEmpty;
        if (!request.HidesThinking) chat.Reasoning(escaped);
    }

    private void StartTool(long number, JsonView block)
    {
        var call = _calls.Begin(block["id"u8], block["name"u8], isText: false);
        var input = block["input"u8] is { IsObject: true, IsEmpty: false } whole ? whole.Raw.ToArray() : null;
        _open.Add(new AnswerBlock(number, call is null ? BlockKind.Hidden : BlockKind.Call) { Call = call, Input = input });
    }

    private void Close(AnswerBlock block)
    {
        if (block.Kind == BlockKind.Thinking) _thinking.Close();
        else if (block.Kind == BlockKind.Text) _text.Close();
        else if (block.Call is { } call)
        {
            // Hosts that imitate Anthropic give the whole input at the start, and some of them in pieces as well.
            if (block.Input is { } input && !call.HasInput) _calls.AddWhole(call, JsonView.Trusted(input));
            _calls.End(call);
        }
    }

    private enum BlockKind : byte
    {
        Text,
        Thinking,
        Call,
        Hidden,
    }

    private sealed class AnswerBlock(long number, BlockKind kind)
    {
        public long Number { get; } = number;

        public BlockKind Kind { get; } = kind;

        public ChatAnswerCall? Call { get; init; }

        /// <summary>The input that came with its start; null when there was none.</summary>
        public byte[]? Input { get; init; }
    }
}
