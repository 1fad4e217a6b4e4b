using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Turns the events of an Anthropic answer into a chat client's chunks.</summary>
internal sealed class AnswerMap : StreamMap, IDisposable
{
    private readonly ChatToAnthropicRequest _request;
    private readonly ChatStream _chat;
    private readonly AnswerBlocks _blocks;
    private Usage _usage;
    private StopReason _stop;
    private bool _begun;

    public AnswerMap(ChatToAnthropicRequest request, EventWriter events)
    {
        _request = request;
        _chat = new ChatStream(events, request.Context, request.IncludeUsage, request.LegacyFunctions);
        _blocks = new AnswerBlocks(request, _chat);
    }

    /// <inheritdoc/>
    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        var type = data["type"u8];
        if (type.Is("content_block_delta"u8)) _blocks.Delta(data["index"u8], data["delta"u8]);
        else if (type.Is("content_block_start"u8)) _blocks.Start(data["index"u8], data["content_block"u8]);
        else if (type.Is("content_block_stop"u8)) _blocks.Stop(data["index"u8]);
        else if (type.Is("message_start"u8)) Begin(data["message"u8]);
        else if (type.Is("message_delta"u8)) Update(data);
        else if (type.Is("message_stop"u8)) End();
        else if (type.Is("error"u8) || data["error"u8].IsObject) Fail(UpstreamErrors.OfEvent(Dialect.OpenAiChat, data));
        else if (!type.Is("ping"u8)) _request.Lose(ChatLosses.Malformed);
    }

    /// <inheritdoc/>
    protected override void OnFinish()
    {
        if (_stop != StopReason.None) End();
        else Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));
    }

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => _chat.Fail(error);

    /// <inheritdoc/>
    public void Dispose() => _blocks.Dispose();

    private void Begin(JsonView message)
    {
        if (_begun)
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider began a second answer in one stream.", "upstream_bad_event"));
            return;
        }

        _begun = true;
        _usage = UsageText.Read(Dialect.Anthropic, message["usage"u8], _usage);
        var tier = message["usage"u8]["service_tier"u8];
        _chat.Begin(tier.Is("standard"u8) ? "default"u8 : tier.Is("priority"u8) ? "priority"u8 : default);
    }

    private void Update(JsonView data)
    {
        _usage = UsageText.Read(Dialect.Anthropic, data["usage"u8], _usage);
        var delta = data["delta"u8];
        if (!delta["stop_reason"u8].IsString) return;
        _stop = StopReasons.FromAnthropic(delta["stop_reason"u8]);
        if (delta["stop_sequence"u8].IsString) _request.Lose(ChatToAnthropicLosses.StopSequence);
        if (_stop == StopReason.PauseTurn) _request.Lose(ChatToAnthropicLosses.PauseTurn);
        if (delta["stop_details"u8]["category"u8].IsString) _request.Lose(ChatToAnthropicLosses.StopDetails);
        if (_stop == StopReason.Refusal && delta["stop_details"u8]["explanation"u8] is { IsString: true } words) _chat.Refusal(words.Escaped);
    }

    private void End()
    {
        if (!_begun)
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider ended an answer that it never began.", "upstream_bad_event"));
            return;
        }

        _blocks.End();
        var calls = _chat.Tools > 0;
        // What counts is whether there are calls to answer: hosts that imitate the dialect don't always say so.
        var reason = _stop switch
        {
            StopReason.None or StopReason.EndTurn or StopReason.ToolUse => calls ? StopReason.ToolUse : StopReason.EndTurn,
            _ => _stop,
        };
        _chat.End(reason, _usage);
        MarkEnded();
    }
}
