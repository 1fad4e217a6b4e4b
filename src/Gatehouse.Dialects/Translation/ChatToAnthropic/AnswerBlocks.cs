using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// The content blocks of an Anthropic answer on their way into a chat message, which has one text, one thinking text and numbered calls. Not
/// thread-safe; allocates nothing per delta.
/// </summary>
internal sealed class AnswerBlocks(ChatToAnthropicRequest request, ChatStream chat) : IDisposable
{
    private readonly List<AnswerBlock> _open = [];
    private readonly PooledBuffer _id = new();
    private bool _hasText;
    private bool _hasThinking;
    private bool _textIsOpen;

    /// <summary>A block begins.</summary>
    public void Start(JsonView index, JsonView block)
    {
        if (!index.TryInteger(out var number) || !block.IsObject || Find(number) is not null)
        {
            request.Lose(ChatToAnthropicLosses.Malformed);
            return;
        }

        var type = block["type"u8];
        if (type.Is("text"u8))
        {
            StartText(number, block["text"u8].Escaped);
            return;
        }

        _textIsOpen = false;
        if (type.Is("thinking"u8)) StartThinking(number, block["thinking"u8].Escaped);
        else if (type.Is("tool_use"u8)) StartTool(number, block);
        else if (!type.Is("redacted_thinking"u8))
        {
            _open.Add(new AnswerBlock(number, BlockKind.Hidden));
            request.Lose(ChatToAnthropicLosses.ServerTools);
        }
    }

    /// <summary>A block goes on.</summary>
    public void Delta(JsonView index, JsonView delta)
    {
        var block = index.TryInteger(out var number) ? Find(number) : null;
        var type = delta["type"u8];
        if (type.Is("text_delta"u8) && block?.Kind is null or BlockKind.Text) AddText(delta["text"u8].Escaped);
        else if (type.Is("input_json_delta"u8) && block is { Kind: BlockKind.Tool }) AddInput(block, delta["partial_json"u8].Escaped);
        else if (type.Is("thinking_delta"u8) && block?.Kind is null or BlockKind.Thinking) AddThinking(delta["thinking"u8].Escaped);
        else if (block is not { Kind: BlockKind.Hidden } && !type.Is("signature_delta"u8)) request.Lose(ChatToAnthropicLosses.Malformed);
    }

    /// <summary>A block ends.</summary>
    public void Stop(JsonView index)
    {
        if (!index.TryInteger(out var number) || Find(number) is not { } block) return;
        Close(block);
        _open.Remove(block);
    }

    /// <summary>The answer ends: blocks that were left open are closed.</summary>
    public void End()
    {
        foreach (var block in _open) Close(block);
        _open.Clear();
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _id.Dispose();

    private AnswerBlock? Find(long number)
    {
        foreach (var block in _open)
        {
            if (block.Number == number) return block;
        }

        return null;
    }

    /// <summary>A chat answer has one text. Texts that something else parts get an empty line between them; texts cut up for their sources do not.</summary>
    private void StartText(long number, ReadOnlySpan<byte> text)
    {
        _open.Add(new AnswerBlock(number, BlockKind.Text));
        if (_hasText && !_textIsOpen) chat.Content("\\n\\n"u8);
        _textIsOpen = true;
        AddText(text);
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        _hasText |= !text.IsEmpty;
        chat.Content(text);
    }

    private void StartThinking(long number, ReadOnlySpan<byte> text)
    {
        _open.Add(new AnswerBlock(number, BlockKind.Thinking));
        if (_hasThinking) chat.Reasoning("\\n\\n"u8);
        AddThinking(text);
    }

    private void AddThinking(ReadOnlySpan<byte> text)
    {
        _hasThinking |= !text.IsEmpty;
        chat.Reasoning(text);
    }

    private void StartTool(long number, JsonView block)
    {
        if (request.LegacyFunctions && chat.Tools > 0)
        {
            request.Lose(ChatToAnthropicLosses.SecondCall);
            _open.Add(new AnswerBlock(number, BlockKind.Hidden));
            return;
        }

        var name = request.Plain(block["name"u8]);
        var tool = request.Names.Find(name);
        var clientName = tool is null ? name.ToArray() : tool.Name;
        _id.Clear();
        ToolIds.ToClient(request.Plain(block["id"u8]), _id);
        var opened = new AnswerBlock(number, BlockKind.Tool) { ToolKind = tool?.Kind ?? ToolKind.Function };
        opened.Tool = chat.BeginTool(_id.Written, clientName, opened.ToolKind);
        _open.Add(opened);
        if (block["input"u8] is { IsObject: true, IsEmpty: false } input) AddWhole(opened, input);
    }

    private void AddInput(AnswerBlock block, ReadOnlySpan<byte> escaped)
    {
        block.HasInput |= !escaped.IsEmpty;
        chat.ToolInput(block.Tool, block.ToolKind, escaped);
    }

    private void AddWhole(AnswerBlock block, JsonView input)
    {
        _id.Clear();
        JsonText.WriteEscaped(_id, input.Raw);
        AddInput(block, _id.Written);
    }

    /// <summary>A call without arguments gets an empty object: clients parse the string.</summary>
    private void Close(AnswerBlock block)
    {
        if (block is { Kind: BlockKind.Tool, HasInput: false }) chat.ToolInput(block.Tool, block.ToolKind, "{}"u8);
    }

    private enum BlockKind : byte
    {
        Text,
        Thinking,
        Tool,
        Hidden,
    }

    private sealed class AnswerBlock(long number, BlockKind kind)
    {
        public long Number { get; } = number;

        public BlockKind Kind { get; } = kind;

        public ToolKind ToolKind { get; init; }

        public int Tool { get; set; }

        public bool HasInput { get; set; }
    }
}
