using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// Puts the chunks of a chat stream together to the <c>chat.completion</c> that the same call would have brought without <c>stream</c>. All choices,
/// and fields that nobody knows, are kept.
/// </summary>
internal sealed class ChatCollector(PooledBuffer document) : StreamMap, IDisposable
{
    private readonly MergedJson _answer = new();

    /// <inheritdoc/>
    public void Dispose() => _answer.Dispose();

    /// <inheritdoc/>
    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        if (data["error"u8] is { IsNullOrAbsent: false, IsFalse: false })
            Fail(UpstreamErrors.OfEvent(Dialect.OpenAiChat, data));
        else
            Take(data);
    }

    /// <summary>Only what stands in a choice comes in pieces. Each chunk says the rest again.</summary>
    private void Take(JsonView chunk)
    {
        foreach (var member in chunk.Members)
        {
            if (!member.Is("choices"u8))
            {
                _answer.Member(member.EscapedName).Set(member.Value);
                continue;
            }

            var choices = _answer.Member("choices"u8);
            choices.BeginItems();
            foreach (var choice in member.Value.Items) TakeChoice(choices, choice);
        }
    }

    private static void TakeChoice(MergedJson choices, JsonView choice)
    {
        // Hosts that give one choice alone don't always number it.
        var index = 0L;
        if (!choice["index"u8].IsNullOrAbsent && (!choice["index"u8].TryInteger(out index) || index < 0)) return;
        if (choices.At(index) is not { } known) return;
        foreach (var member in choice.Members)
        {
            // An empty word is what some hosts send before the end.
            if (member.Is("finish_reason"u8) && member.Value is { IsString: true, IsEmpty: true }) continue;
            if (member.Is("delta"u8) || member.Is("logprobs"u8)) known.Member(member.EscapedName).Take(member.EscapedName, member.Value);
            else known.Member(member.EscapedName).Set(member.Value);
        }
    }

    /// <inheritdoc/>
    protected override void OnFinish()
    {
        if (!IsWhole())
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));
            return;
        }

        var writer = new JsonWriter(document);
        writer.BeginObject();
        foreach (var (name, value) in _answer.Members)
        {
            if (name.AsSpan().SequenceEqual("object"u8))
                writer.String("object"u8, "chat.completion"u8);
            else if (name.AsSpan().SequenceEqual("choices"u8))
                WriteChoices(writer, value);
            else if (!name.AsSpan().SequenceEqual("obfuscation"u8) && !(name.AsSpan().SequenceEqual("usage"u8) && value.IsNull))
            {
                writer.EscapedName(name);
                value.Write(writer);
            }
        }

        writer.EndObject();
        _answer.Dispose();
        MarkEnded();
    }

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => _answer.Dispose();

    /// <summary>An answer is whole when each of its choices says why it stopped.</summary>
    private bool IsWhole()
    {
        if (_answer.Find("choices"u8) is not { Items.Length: > 0 } choices) return false;
        foreach (var (_, choice) in choices.Items)
        {
            if (choice.Find("finish_reason"u8) is not { IsNull: false }) return false;
        }

        return true;
    }

    private static void WriteChoices(JsonWriter writer, MergedJson choices)
    {
        writer.BeginArray("choices"u8);
        foreach (var (index, choice) in choices.Items)
        {
            writer.BeginObject();
            writer.Number("index"u8, index);
            WriteMessage(writer, choice.Find("delta"u8) ?? new MergedJson());
            foreach (var (name, value) in choice.Members)
            {
                if (name.AsSpan().SequenceEqual("index"u8) || name.AsSpan().SequenceEqual("delta"u8)) continue;
                writer.EscapedName(name);
                value.Write(writer);
            }

            writer.EndObject();
        }

        writer.EndArray();
    }

    private static void WriteMessage(JsonWriter writer, MergedJson message)
    {
        writer.BeginObject("message"u8);
        writer.Name("role"u8);
        if (message.Find("role"u8) is { IsNull: false } role) role.Write(writer);
        else writer.String("assistant"u8);
        var calls = message.Find("tool_calls"u8) is { Items.Length: > 0 } || message.Find("function_call"u8) is { IsNull: false };
        writer.Name("content"u8);
        // A message that only calls tools has no content; a stream says so by an empty text.
        if (message.Find("content"u8) is { IsNull: false } content && !(calls && content.IsEmptyText)) content.Write(writer);
        else writer.Null();
        foreach (var (name, value) in message.Members)
        {
            if (name.AsSpan().SequenceEqual("role"u8) || name.AsSpan().SequenceEqual("content"u8)) continue;
            writer.EscapedName(name);
            value.Write(writer);
        }

        if (message.Find("refusal"u8) is null) writer.Null("refusal"u8);
        writer.EndObject();
    }
}
