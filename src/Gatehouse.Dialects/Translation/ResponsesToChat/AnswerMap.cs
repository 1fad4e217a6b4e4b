using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>
/// Turns a chat stream into a Responses stream: thinking becomes reasoning items, text and refusals parts of messages, tool calls items of the kind that the
/// client's tools have. A chat stream does not say where things end: an item ends when one of another kind begins, calls at the very end.
/// </summary>
internal sealed class AnswerMap(ResponsesToChatRequest attempt, ResponsesStream stream) : StreamMap, IDisposable
{
    private readonly CallTable _calls = new(attempt, stream);
    private readonly PooledBuffer _logprobs = new();
    private readonly ReasoningDetails _details = new();
    private ResponsesItem? _message;
    private ResponsesItem? _reasoning;
    private StopReason _reason;
    private Usage _usage;

    /// <inheritdoc/>
    public void Dispose()
    {
        _calls.Dispose();
        _logprobs.Dispose();
        _details.Dispose();
    }

    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        if (!data["error"u8].IsNullOrAbsent)
        {
            Fail(UpstreamErrors.OfEvent(Dialect.OpenAiResponses, data));
            return;
        }

        foreach (var member in data.Members)
        {
            if (member.Is("choices"u8)) OnChoices(member.Value);
            else if (member.Is("usage"u8) && member.Value.IsObject) _usage = UsageText.Read(Dialect.OpenAiChat, member.Value, _usage);
            else if (member.Is("service_tier"u8) && member.Value.IsString) TakeTier(member.Value);
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

        CloseReasoning();
        if (!ResponsesStream.IsCut(_reason)) CloseMessage();
        CloseLoose();
        _calls.EndAll();
        stream.End(_reason, _usage);
        MarkEnded();
    }

    /// <inheritdoc/>
    protected override bool ClosesFailures => stream.HasBegun;

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => stream.Fail(error);

    private void TakeTier(JsonView tier)
    {
        stream.ServiceTier.Clear();
        stream.ServiceTier.Append(tier.Raw);
    }

    private void OnChoices(JsonView choices)
    {
        foreach (var choice in choices.Items)
        {
            if (choice["index"u8].TryInteger(out var index) && index != 0)
            {
                attempt.Lose(ResponsesToChatLosses.Choices);
                continue;
            }

            stream.Begin();
            _logprobs.Clear();
            if (attempt.WantsLogprobs) LogprobText.Append(choice["logprobs"u8]["content"u8], "[]"u8, _logprobs);
            var delta = choice["delta"u8];
            // Some hosts end a stream with a chunk that has a whole message, which repeats what was sent, or is all there is.
            if (!delta.IsObject && stream.Items == 0) delta = choice["message"u8];
            OnThoughts(delta);
            foreach (var member in delta.Members) OnDelta(member);
            // An empty word is what some hosts send before the end.
            if (choice["finish_reason"u8] is { IsString: true, IsEmpty: false } reason) _reason = StopReasons.FromChat(reason);
        }
    }

    /// <summary>
    /// Thinking comes before what it led to, wherever it stands in a chunk. DeepSeek and most others use the first name, OpenRouter the second; hosts that use
    /// both send the same text twice.
    /// </summary>
    private void OnThoughts(JsonView delta)
    {
        var isTold = false;
        foreach (var member in delta.Members)
        {
            if (member.Is("reasoning_details"u8)) OnDetails(member.Value);
            else if (!isTold && (member.Is("reasoning_content"u8) || member.Is("reasoning"u8)) && member.Value is { IsString: true, IsEmpty: false } text)
            {
                isTold = true;
                Think(text.Escaped);
            }
        }
    }

    private void OnDetails(JsonView details)
    {
        if (!details.IsArray) return;
        if (attempt.Context.Traits.ReasoningDetails) _details.Take(details);
        else attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    private static bool IsThought(JsonMember member) => member.Is("reasoning_content"u8) || member.Is("reasoning"u8) || member.Is("reasoning_details"u8);

    private void OnDelta(JsonMember member)
    {
        var value = member.Value;
        if (value.IsNullOrAbsent) return;
        if (member.Is("content"u8)) OnContent(value);
        else if (member.Is("tool_calls"u8)) OnCalls(value);
        else if (member.Is("refusal"u8)) Say(value.Escaped, PartShape.Refusal);
        else if (member.Is("function_call"u8)) OnFunctionCall(value);
        else if (member.Is("annotations"u8)) Annotate(value);
        else if (member.Is("audio"u8)) attempt.Lose(ResponsesToChatLosses.Audio);
        else if (!member.Is("role"u8) && !IsThought(member)) attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    /// <summary>Text; or, as Mistral sends it from models that think, a list of parts.</summary>
    private void OnContent(JsonView content)
    {
        if (content.IsString) Say(content.Escaped, PartShape.Text);
        foreach (var part in content.Items)
        {
            if (part["type"u8].Is("text"u8)) Say(part["text"u8].Escaped, PartShape.Text);
            else if (part["type"u8].Is("thinking"u8))
            {
                foreach (var thought in part["thinking"u8].Items) Think(thought["text"u8].Escaped);
            }
            else attempt.Lose(ResponsesLosses.StreamUnknown);
        }
    }

    private void Say(ReadOnlySpan<byte> escaped, PartShape shape)
    {
        if (escaped.IsEmpty) return;
        CloseReasoning();
        // A message that has begun is not cut for state that comes late.
        if (_message is null) CloseLoose();
        _message ??= stream.OpenMessage();
        if (_message.Part != shape) stream.OpenPart(_message, shape);
        stream.Text(_message, escaped, _logprobs.Written);
        _logprobs.Clear();
    }

    private void Think(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        if (_reasoning is null)
        {
            CloseMessage();
            _reasoning = stream.OpenReasoning();
            stream.OpenPart(_reasoning, PartShape.Summary);
        }

        stream.Text(_reasoning, escaped);
    }

    private void OnCalls(JsonView calls)
    {
        foreach (var call in calls.Items)
        {
            CloseThought();
            _calls.Add(call);
        }
    }

    private void OnFunctionCall(JsonView call)
    {
        CloseThought();
        _calls.AddFunctionCall(call);
    }

    private void Annotate(JsonView annotations)
    {
        foreach (var annotation in annotations.Items)
        {
            var citation = annotation["url_citation"u8];
            if (_message is not { Part: PartShape.Text } || !citation["url"u8].IsString)
            {
                attempt.Lose(ResponsesToChatLosses.Annotations);
                continue;
            }

            attempt.Scratch.Clear();
            var json = new JsonWriter(attempt.Scratch);
            json.BeginObject();
            json.String("type"u8, "url_citation"u8);
            json.Raw("start_index"u8, citation["start_index"u8].TryInteger(out _) ? citation["start_index"u8].Raw : "0"u8);
            json.Raw("end_index"u8, citation["end_index"u8].TryInteger(out _) ? citation["end_index"u8].Raw : "0"u8);
            json.Raw("url"u8, citation["url"u8].Raw);
            json.Raw("title"u8, citation["title"u8].IsString ? citation["title"u8].Raw : "\"\""u8);
            json.EndObject();
            ResponsesStream.Annotate(_message, attempt.Scratch.Written);
        }
    }

    private void CloseMessage()
    {
        if (_message is not null) stream.Close(_message, "completed"u8);
        _message = null;
    }

    /// <summary>What a call follows from stands before it.</summary>
    private void CloseThought()
    {
        CloseReasoning();
        CloseMessage();
        CloseLoose();
    }

    /// <summary>State that came apart from any text gets an item of its own, without text.</summary>
    private void CloseLoose()
    {
        if (!_details.Any) return;
        _reasoning = stream.OpenReasoning();
        CloseReasoning();
    }

    private void CloseReasoning()
    {
        if (_reasoning is null) return;
        var item = _reasoning;
        _reasoning = null;
        var echoes = attempt.Context.Traits.ReasoningContentEcho;
        if (!echoes && !_details.Any)
        {
            stream.Close(item, "completed"u8);
            return;
        }

        attempt.Scratch.Clear();
        if (_details.Any) _details.MoveTo(echoes ? item.Text.Written : default, attempt.Scratch);
        else
        {
            ReasoningState.BeginChat(attempt.Scratch);
            attempt.Scratch.Append(item.Text.Written);
        }

        using var member = new PooledBuffer();
        ReasoningState.WriteSealed(attempt.Scratch.Written, attempt.Context.Seal, member);
        stream.Close(item, "completed"u8, member.Written);
    }
}
