using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>Turns the events of a Responses answer into a chat client's chunks.</summary>
internal sealed class AnswerMap : StreamMap, IDisposable
{
    private readonly ChatToResponsesRequest _request;
    private readonly ChatStream _chat;
    private readonly AnswerItems _items;
    private bool _begun;

    public AnswerMap(ChatToResponsesRequest request, EventWriter events)
    {
        _request = request;
        _chat = new ChatStream(events, request.Context, request.IncludeUsage, request.LegacyFunctions, request.Logprobs);
        _items = new AnswerItems(request, _chat);
    }

    /// <inheritdoc/>
    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        var type = data["type"u8];
        var word = type.IsString ? type.Escaped : name;
        if (!word.StartsWith("response."u8))
        {
            if (word.SequenceEqual("error"u8) || data["error"u8].IsObject) Fail(UpstreamErrors.OfEvent(Dialect.OpenAiChat, data));
            else if (!word.SequenceEqual("keepalive"u8)) _request.Lose(ChatLosses.Malformed);
            return;
        }

        word = word["response."u8.Length..];
        if (word.EndsWith(".delta"u8)) OnDelta(word, data);
        else if (word.SequenceEqual("output_item.added"u8)) _items.Start(data["output_index"u8], data["item"u8]);
        else if (word.SequenceEqual("output_item.done"u8)) Complete(data);
        else if (word.SequenceEqual("created"u8)) Begin(data["response"u8]);
        else if (word.SequenceEqual("completed"u8) || word.SequenceEqual("incomplete"u8)) End(data["response"u8]);
        else if (word.SequenceEqual("failed"u8)) Fail(UpstreamErrors.OfEvent(Dialect.OpenAiChat, data));
        else if (word.SequenceEqual("cancelled"u8)) Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer was cancelled.", "upstream_cancelled"));
        else OnOther(word, data);
    }

    /// <inheritdoc/>
    protected override void OnFinish() =>
        Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => _chat.Fail(error);

    /// <inheritdoc/>
    public void Dispose() => _items.Dispose();

    /// <summary>A stop string ended the text: the rest of the answer is not waited for.</summary>
    private void Stop(Usage? usage)
    {
        _items.End();
        _chat.End(_chat.Tools > 0 ? StopReason.ToolUse : StopReason.StopSequence, usage);
        MarkEnded();
    }

    private void OnDelta(ReadOnlySpan<byte> word, JsonView data)
    {
        var delta = data["delta"u8];
        if (word.SequenceEqual("output_text.delta"u8))
        {
            _items.Text(data, delta);
            if (_items.Stopped) Stop(usage: null);
        }
        else if (word.SequenceEqual("function_call_arguments.delta"u8) || word.SequenceEqual("custom_tool_call_input.delta"u8)) _items.Input(data["output_index"u8], delta);
        else if (word.SequenceEqual("reasoning_summary_text.delta"u8)) _items.Think(data, data["summary_index"u8], delta.Escaped);
        else if (word.SequenceEqual("reasoning_text.delta"u8)) _items.Think(data, data["content_index"u8], delta.Escaped);
        else if (word.SequenceEqual("refusal.delta"u8)) _items.Refuse(data, delta.Escaped);
        else if (IsHidden(word)) _request.Lose(ChatLosses.ServerTools);
        else _request.Lose(ChatLosses.Malformed);
    }

    private void Complete(JsonView data)
    {
        _items.Complete(data["output_index"u8], data["item"u8]);
        if (_items.Stopped) Stop(usage: null);
    }

    private void OnOther(ReadOnlySpan<byte> word, JsonView data)
    {
        if (word.SequenceEqual("output_text.annotation.added"u8)) _items.Cite(data["annotation"u8]);
        else if (IsHidden(word)) _request.Lose(ChatLosses.ServerTools);
        else if (!IsRepetition(word)) _request.Lose(ChatLosses.Malformed);
    }

    /// <summary>Events of tools that the provider runs itself, of which a chat answer shows nothing.</summary>
    private static bool IsHidden(ReadOnlySpan<byte> word) =>
        word.StartsWith("web_search_call."u8) || word.StartsWith("file_search_call."u8) || word.StartsWith("code_interpreter_call"u8)
        || word.StartsWith("image_generation_call."u8) || word.StartsWith("mcp_"u8) || word.StartsWith("shell_call"u8) || word.StartsWith("audio."u8)
        || word.StartsWith("apply_patch_call"u8) || word.StartsWith("compaction."u8);

    /// <summary>Events that say what others say too.</summary>
    private static bool IsRepetition(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("in_progress"u8) || word.SequenceEqual("queued"u8) || word.StartsWith("content_part."u8) || word.StartsWith("reasoning_summary_part."u8)
        || word.SequenceEqual("output_text.done"u8) || word.SequenceEqual("refusal.done"u8) || word.SequenceEqual("function_call_arguments.done"u8)
        || word.SequenceEqual("custom_tool_call_input.done"u8) || word.SequenceEqual("reasoning_summary_text.done"u8) || word.SequenceEqual("reasoning_text.done"u8);

    private void Begin(JsonView response)
    {
        if (_begun)
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider began a second answer in one stream.", "upstream_bad_event"));
            return;
        }

        _begun = true;
        var tier = response["service_tier"u8];
        // Here it is only what was asked for; "auto" says nothing yet.
        _chat.Begin(tier.Is("auto"u8) ? default : _request.Plain(tier));
    }

    private void End(JsonView response)
    {
        // Some hosts stream nothing and tell all at the end.
        var index = 0;
        foreach (var item in response["output"u8].Items) _items.Repeat(index++, item);
        var usage = UsageText.Read(Dialect.OpenAiResponses, response["usage"u8], default(Usage));
        if (_items.Stopped)
        {
            Stop(usage);
            return;
        }

        _items.End();
        _chat.End(StopReasons.FromResponses(response, callsTools: _chat.Tools > 0), usage);
        MarkEnded();
    }
}
