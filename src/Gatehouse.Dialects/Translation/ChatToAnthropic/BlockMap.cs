using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Writes the parts of one chat message after the other as Anthropic's content blocks, with the cache markers that the client set.</summary>
internal sealed class BlockMap(ChatToAnthropicRequest request, JsonWriter writer)
{
    private int _message;
    private int _part;
    private bool _marked;
    private int _end;
    private BlockPlace _place;

    /// <summary>Begins a message's content.</summary>
    public void Begin(int message, JsonView content, BlockPlace place)
    {
        ChatPart.Check(content, message, request);
        (_message, _part, _end, _place) = (message, -1, 0, place);
    }

    /// <summary>Ends the content: a marker of the whole message goes to its last block, unless that is one that bears none, such as a thought.</summary>
    public void End(JsonView cacheControl)
    {
        if (writer.Output.Length == _end && !_marked) request.Mark(cacheControl);
    }

    /// <summary>What the next part is. Blank text is nothing: Anthropic refuses it.</summary>
    public PartKind Classify(JsonView part, out ReadOnlySpan<byte> text)
    {
        var kind = ChatPart.Classify(part, _message, ++_part, request, out text);
        return kind == PartKind.Text && ChatText.IsBlank(text) ? PartKind.None : kind;
    }

    /// <summary>Whether the next part is text that says something, where nothing else can stand.</summary>
    public bool IsText(JsonView part, out ReadOnlySpan<byte> text) => ChatPart.IsText(part, _message, ++_part, request, out text) && !ChatText.IsBlank(text);

    /// <summary>Writes a text block from text that is still escaped.</summary>
    public void WriteText(ReadOnlySpan<byte> escaped, JsonView part = default)
    {
        writer.BeginObject();
        writer.String("type"u8, "text"u8);
        writer.EscapedString("text"u8, escaped);
        EndBlock(part);
    }

    /// <summary>Writes what a system message in between says, in the words by which Claude knows such reminders.</summary>
    public void WriteReminder(ReadOnlySpan<byte> escaped, JsonView part) => WriteWrapped("<system-reminder>\\n"u8, escaped, "\\n</system-reminder>"u8, part);

    /// <summary>Writes a result whose call is gone.</summary>
    public void WriteLooseResult(ReadOnlySpan<byte> escaped, JsonView part) => WriteWrapped("Result of an earlier tool call:\\n"u8, escaped, default, part);

    /// <summary>Writes an image or a document.</summary>
    public void WriteMedia(JsonView part, PartKind kind)
    {
        if (kind == PartKind.Image) MediaMap.WriteImage(request, writer, part["image_url"u8], $"messages[{_message}].content[{_part}].image_url");
        else MediaMap.WriteFile(request, writer, part["file"u8], $"messages[{_message}].content[{_part}].file");
        EndBlock(part);
    }

    /// <summary>Writes the content of a tool's result into the result block at hand, and closes it. A marker of a part goes to the whole result.</summary>
    public void EndResult(int index, ChatMessage message)
    {
        var content = message.Content;
        var marker = message.CacheControl;
        Begin(index, content, BlockPlace.Inside);
        if (content.IsString && !ChatText.IsBlank(content.Escaped)) writer.EscapedString("content"u8, content.Escaped);
        var begun = false;
        foreach (var part in content.Items)
        {
            if (part["cache_control"u8].IsObject) marker = part["cache_control"u8];
            var kind = Classify(part, out var text);
            if (kind == PartKind.None) continue;
            if (!begun) writer.BeginArray("content"u8);
            begun = true;
            if (kind == PartKind.Text) WriteText(text);
            else WriteMedia(part, kind);
        }

        if (begun) writer.EndArray();
        _place = BlockPlace.User;
        Close();
        request.Mark(marker);
    }

    /// <summary>Closes the block at hand, which stands in a message of this place.</summary>
    public void Close(BlockPlace place)
    {
        _place = place;
        Close();
    }

    private void WriteWrapped(ReadOnlySpan<byte> before, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> after, JsonView part)
    {
        writer.BeginObject();
        writer.String("type"u8, "text"u8);
        writer.Name("text"u8);
        writer.BeginString();
        writer.AppendEscaped(before);
        writer.AppendEscaped(escaped);
        writer.AppendEscaped(after);
        writer.EndString();
        EndBlock(part);
    }

    private void EndBlock(JsonView part)
    {
        Close();
        _end = writer.Output.Length;
        if (_place == BlockPlace.Inside) return;
        var breakpoint = part["prompt_cache_breakpoint"u8];
        // OpenAI keeps it for 30 minutes or 12 hours, Anthropic for 5 minutes or an hour.
        if (breakpoint["ttl"u8].IsString) request.Lose(ChatToAnthropicLosses.CacheTtl);
        _marked = request.Mark(part["cache_control"u8]) || request.Mark(breakpoint);
    }

    private void Close()
    {
        writer.EndObject();
        if (_place == BlockPlace.System) request.Marks.AfterSystem();
        else if (_place == BlockPlace.User) request.Marks.AfterUserBlock();
    }
}

/// <summary>Where a content block stands, which decides on cache breakpoints.</summary>
internal enum BlockPlace : byte
{
    /// <summary>In the system text.</summary>
    System,

    /// <summary>In a turn of the user's.</summary>
    User,

    /// <summary>In a turn of the model's.</summary>
    Assistant,

    /// <summary>Inside a tool's result, which bears the mark itself.</summary>
    Inside,
}
