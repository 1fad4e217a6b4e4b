using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>Turns the chunks of a chat stream into the events of a Messages stream.</summary>
internal sealed class AnswerMap : StreamMap, IDisposable
{
    private readonly ChatAttempt _attempt;
    private readonly MessagesStream _stream;
    private readonly StopWatch _stops;
    private readonly ThoughtWriter _thought;
    private readonly CallQueue _calls;
    private readonly PooledBuffer _late = new();
    private readonly PooledBuffer _stopString = new();
    private Usage _usage;
    private StopReason _reason;
    private bool _refused;

    public AnswerMap(ChatAttempt attempt, EventWriter events)
    {
        _attempt = attempt;
        _stream = new MessagesStream(events, attempt.Context);
        _stops = new StopWatch(attempt.WatchedStops, _stream);
        _thought = new ThoughtWriter(attempt, _stream);
        _calls = new CallQueue(attempt, _stream);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stops.Dispose();
        _thought.Dispose();
        _calls.Dispose();
        _late.Dispose();
        _stopString.Dispose();
    }

    /// <inheritdoc/>
    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        JsonView choices = default, usage = default, error = default;
        foreach (var member in data.Members)
        {
            if (member.Is("choices"u8)) choices = member.Value;
            else if (member.Is("usage"u8)) usage = member.Value;
            else if (member.Is("error"u8)) error = member.Value;
        }

        if (!error.IsNullOrAbsent)
        {
            Fail(UpstreamErrors.OfEvent(Dialect.Anthropic, data));
            return;
        }

        _stream.Start();
        if (usage.IsObject) _usage = UsageText.Read(Dialect.OpenAiChat, usage, _usage);
        foreach (var choice in choices.Items)
        {
            ReadChoice(choice);
            if (Ended) return;
        }
    }

    /// <inheritdoc/>
    protected override void OnFinish()
    {
        if (_reason == StopReason.None)
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));
            return;
        }

        _thought.Close();
        _calls.Flush(isCut: _reason == StopReason.MaxTokens);
        if (FlushLate()) return;
        _stops.Flush();
        _thought.End(_calls.ClientIds);
        if (_usage.IsEmpty) _attempt.Lose(MessagesLosses.EstimatedUsage);
        _stream.Finish(Reason(), _stopString.Written, _usage);
        MarkEnded();
    }

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => _stream.Fail(error);

    private StopReason Reason()
    {
        if (_calls.ClientIds.Count > 0 && _reason == StopReason.EndTurn) return StopReason.ToolUse;
        if (_calls.ClientIds.Count == 0 && _reason == StopReason.ToolUse) return StopReason.EndTurn;
        if (_refused && _reason == StopReason.EndTurn) return StopReason.Refusal;
        if (_reason == StopReason.EndTurn && _stopString.Length > 0) return StopReason.StopSequence;
        if (_reason == StopReason.EndTurn && _attempt.HasStops) _attempt.Lose(MessagesLosses.StopSequenceValue);
        return _reason;
    }

    private void ReadChoice(JsonView choice)
    {
        JsonView delta = default, message = default, finish = default, stop = default;
        foreach (var member in choice.Members)
        {
            if (member.Is("delta"u8)) delta = member.Value;
            else if (member.Is("finish_reason"u8)) finish = member.Value;
            else if (member.Is("stop_reason"u8)) stop = member.Value;
            else if (member.Is("message"u8)) message = member.Value;
            else if (member.Is("index"u8) && member.Value.TryInteger(out var index) && index != 0)
            {
                _attempt.Lose(AnthropicToChatLosses.Choices);
                return;
            }
        }

        // Some hosts end a stream with a chunk that has a whole message, which repeats what was sent, or is all there is.
        ReadDelta(delta.IsObject || _stream.HasBlocks ? delta : message);
        if (Ended) return;
        // An empty word is what some hosts send before the end.
        if (finish is { IsString: true, IsEmpty: false }) _reason = StopReasons.FromChat(finish);
        // vLLM names the stop string here.
        if (stop.IsString && _stopString.Length == 0) _ = stop.TryAppendPlain(_stopString);
    }

    private void ReadDelta(JsonView delta)
    {
        JsonView content = default, reasoning = default, details = default, refusal = default, calls = default, call = default, annotations = default, audio = default;
        foreach (var member in delta.Members)
        {
            var value = member.Value;
            if (value.IsNullOrAbsent || member.Is("role"u8)) continue;
            if (member.Is("content"u8)) content = value;
            else if (member.Is("tool_calls"u8)) calls = value;
            // Hosts that send both send the same text twice.
            else if (member.Is("reasoning_content"u8) || member.Is("reasoning"u8)) reasoning = reasoning is { IsString: true, IsEmpty: false } ? reasoning : value;
            else if (member.Is("reasoning_details"u8)) details = value;
            else if (member.Is("refusal"u8)) refusal = value;
            else if (member.Is("function_call"u8)) call = value;
            else if (member.Is("annotations"u8)) annotations = value;
            else if (member.Is("audio"u8)) audio = value;
            else _attempt.Lose(MessagesLosses.UnknownPart);
        }

        if (reasoning is { IsString: true, IsEmpty: false }) Think(reasoning);
        if (details.IsArray) _thought.Take(details);
        ReadContent(content);
        if (refusal is { IsString: true, IsEmpty: false })
        {
            _refused = true;
            Say(refusal);
        }

        if (audio.IsObject)
        {
            _attempt.Lose(MessagesLosses.Audio);
            Say(audio["transcript"u8]);
        }

        if (Ended) return;
        if (annotations.IsArray) Cite(annotations);
        if (!calls.IsArray && !call.IsObject) return;
        _stops.Flush();
        // State stands before the calls that it led to. What comes when a call has begun has to wait for the end.
        if (_calls.ClientIds.Count == 0) _thought.CloseLoose();
        else _thought.Close();
        foreach (var item in calls.Items) _calls.Read(item);
        if (call.IsObject) _calls.ReadLegacy(call);
    }

    private void ReadContent(JsonView content)
    {
        if (content.IsString) Say(content);
        // Mistral's thinking models send parts.
        foreach (var part in content.Items)
        {
            if (Ended) return;
            if (part["type"u8].Is("text"u8)) Say(part["text"u8]);
            else if (!part["type"u8].Is("thinking"u8)) _attempt.Lose(MessagesLosses.UnknownPart);
            else foreach (var thought in part["thinking"u8].Items) Think(thought["text"u8]);
        }
    }

    private void Think(JsonView text)
    {
        if (text.IsEmpty || !_calls.TryYield()) return;
        _stops.Flush();
        _thought.Write(text.Escaped);
    }

    private void Say(JsonView text)
    {
        if (!text.IsString || text.IsEmpty || Ended) return;
        if (!_calls.TryYield())
        {
            _late.Append(text.Escaped);
            return;
        }

        if (FlushLate()) return;
        // A text that has begun is not cut for state that comes late.
        if (_stream.Open == BlockKind.Text) _thought.Close();
        else _thought.CloseLoose();
        Write(text);
    }

    private void Write(JsonView text)
    {
        if (!_stops.IsOn) _stream.Text(text.Escaped);
        else if (_stops.Read(text))
        {
            _attempt.Lose(MessagesLosses.EstimatedUsage);
            _stream.Finish(StopReason.StopSequence, _stops.Found, _usage);
            MarkEnded();
        }
    }

    /// <summary>Writes text that came while a call was unfinished. True when the answer has ended with it.</summary>
    private bool FlushLate()
    {
        if (_late.Length == 0) return false;
        using var text = new PooledBuffer();
        text.Append((byte)'"');
        text.Append(_late.Written);
        text.Append((byte)'"');
        _late.Clear();
        Write(JsonView.Trusted(text.Written));
        return Ended;
    }

    private void Cite(JsonView annotations)
    {
        foreach (var annotation in annotations.Items)
        {
            var page = annotation["url_citation"u8];
            if (!page["url"u8].IsString || !_calls.TryYield())
            {
                _attempt.Lose(MessagesLosses.Annotation);
                continue;
            }

            _attempt.Lose(MessagesLosses.CitedText);
            _thought.Close();
            _stops.Flush();
            PageCitation.Write(_stream, page);
        }
    }
}
