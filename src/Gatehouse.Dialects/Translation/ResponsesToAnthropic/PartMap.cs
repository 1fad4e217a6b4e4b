using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Where a block stands, on which depends what it may be.</summary>
internal enum BlockPlace : byte
{
    /// <summary>In <c>system</c>: text only.</summary>
    System,

    /// <summary>In a turn of the user's.</summary>
    User,

    /// <summary>A developer's words in a turn of the user's: text only, marked.</summary>
    Reminder,

    /// <summary>In a turn of the model's: text only.</summary>
    Model,

    /// <summary>In a tool's result.</summary>
    Result,
}

/// <summary>Writes messages' contents and tools' results as blocks. Blank text is left out: Anthropic refuses it.</summary>
internal sealed class PartMap(ResponsesToAnthropicRequest attempt, JsonWriter json, CacheMarks marks)
{
    private readonly MediaMap _media = new(attempt, json);

    /// <summary>Writes a message's content.</summary>
    /// <param name="content">A string or a list of parts.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="item">The index of its item, or -1 for a field of the request itself.</param>
    public void Write(JsonView content, BlockPlace place, int item)
    {
        if (content.IsString) WriteText(content.Escaped, place);
        var at = 0;
        foreach (var part in content.Items) WritePart(part, place, item, at++);
    }

    /// <summary>Writes text of our own.</summary>
    public void WritePlain(ReadOnlySpan<byte> text, BlockPlace place) => WriteText(text, place);

    /// <summary>Writes <c>content</c>, and <c>is_error</c> where the item says so, into the result block at hand.</summary>
    public void WriteResult(ItemKind kind, JsonView item, int at)
    {
        var output = item["output"u8];
        if (kind is ItemKind.Output or ItemKind.LocalShellOutput && output.IsString)
        {
            if (!ChatText.IsBlank(output.Escaped)) json.EscapedString("content"u8, output.Escaped);
            return;
        }

        json.BeginArray("content"u8);
        WriteOutput(kind, item, BlockPlace.Result, at);
        json.EndArray();
        if (kind == ItemKind.ApplyPatchOutput && item["status"u8].Is("failed"u8)) json.Bool("is_error"u8, true);
    }

    /// <summary>Writes a result's content as blocks.</summary>
    public void WriteOutput(ItemKind kind, JsonView item, BlockPlace place, int at)
    {
        var output = item["output"u8];
        switch (kind)
        {
            case ItemKind.ShellOutput:
                if (!output.IsNullOrAbsent) WriteAsText(output, place);
                break;
            case ItemKind.ApplyPatchOutput:
                WriteText(output.IsString ? output.Escaped : item["status"u8].Escaped, place);
                break;
            case ItemKind.ToolSearchOutput:
                WriteFound(item["tools"u8], place);
                break;
            default:
                Write(output, place, at);
                break;
        }
    }

    private void WritePart(JsonView part, BlockPlace place, int item, int at)
    {
        var text = InputParts.Text(part);
        if (text.IsString)
        {
            attempt.Lose(ResponsesLosses.Annotations, part["annotations"u8].IsArray && !part["annotations"u8].IsEmpty);
            if (WriteText(text.Escaped, place)) Mark(part, place);
            return;
        }

        var type = part["type"u8];
        var isMedia = place is BlockPlace.User or BlockPlace.Result;
        if (type.Is("input_audio"u8)) attempt.Refuse(InputParts.Path(item, at), "This model's provider hears no audio: send the text.");
        else if (isMedia && type.Is("input_image"u8)) _media.WriteImage(part, item, at);
        else if (isMedia && type.Is("input_file"u8)) _media.WriteFile(part, item, at);
        else
        {
            attempt.Lose(ResponsesLosses.UnknownContent);
            return;
        }

        if (attempt.Refusal is null) AfterBlock(place);
        Mark(part, place);
    }

    private bool WriteText(ReadOnlySpan<byte> escaped, BlockPlace place)
    {
        if (ChatText.IsBlank(escaped)) return false;
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.Name("text"u8);
        json.BeginString();
        if (place == BlockPlace.Reminder) json.AppendEscaped("<system-reminder>\\n"u8);
        json.AppendEscaped(escaped);
        if (place == BlockPlace.Reminder) json.AppendEscaped("\\n</system-reminder>"u8);
        json.EndString();
        json.EndObject();
        AfterBlock(place);
        return true;
    }

    private void WriteAsText(JsonView value, BlockPlace place)
    {
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.String("text"u8, value.Raw);
        json.EndObject();
        AfterBlock(place);
    }

    private void WriteFound(JsonView tools, BlockPlace place)
    {
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.Name("text"u8);
        json.BeginString();
        InputParts.AppendFound(json, tools, attempt);
        json.EndString();
        json.EndObject();
        AfterBlock(place);
    }

    private void AfterBlock(BlockPlace place)
    {
        if (place == BlockPlace.System) marks.AfterSystem();
        else if (place is BlockPlace.User or BlockPlace.Reminder) marks.AfterUserBlock();
    }

    /// <summary>A breakpoint of the client's own. OpenAI keeps it for 30 minutes or 12 hours, Anthropic for 5 minutes or one hour.</summary>
    private void Mark(JsonView part, BlockPlace place)
    {
        var breakpoint = part["prompt_cache_breakpoint"u8];
        if (!breakpoint.IsObject || place == BlockPlace.Result) return;
        attempt.Lose(ResponsesToAnthropicLosses.CacheTtl, breakpoint["ttl"u8].IsString);
        marks.AfterOwnMark(breakpoint["ttl"u8].IsString);
    }
}
