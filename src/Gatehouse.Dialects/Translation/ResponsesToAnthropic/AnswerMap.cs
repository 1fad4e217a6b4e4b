using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>
/// Turns a Messages stream into a Responses stream: each thinking block a reasoning item, neighbouring text blocks parts of one message, each tool call an
/// item of the kind that the client's tool has, each web search an item with its sources.
/// </summary>
internal sealed class AnswerMap(ResponsesToAnthropicRequest attempt, ResponsesStream stream) : StreamMap, IDisposable
{
    private readonly BlockTable _blocks = new(attempt, stream);
    private StopReason _reason;
    private Usage _usage;
    private bool _hasBegun;

    /// <inheritdoc/>
    public void Dispose() => _blocks.Dispose();

    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        var type = data["type"u8];
        if (type.Is("content_block_delta"u8)) OnDelta(data);
        else if (type.Is("content_block_start"u8)) OnStart(data);
        else if (type.Is("content_block_stop"u8)) OnStop(data);
        else if (type.Is("message_start"u8)) OnBegin(data["message"u8]);
        else if (type.Is("message_delta"u8)) OnMessageDelta(data);
        else if (type.Is("message_stop"u8)) End();
        else if (type.Is("error"u8)) Fail(UpstreamErrors.OfEvent(Dialect.OpenAiResponses, data));
        else if (!type.Is("ping"u8)) attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    /// <inheritdoc/>
    protected override void OnFinish()
    {
        if (_reason != StopReason.None) End();
        else Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));
    }

    /// <inheritdoc/>
    protected override bool ClosesFailures => stream.HasBegun;

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => stream.Fail(error);

    private void OnBegin(JsonView message)
    {
        if (_hasBegun)
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider began a second message in one answer.", "upstream_bad_event"));
            return;
        }

        _hasBegun = true;
        TakeUsage(message["usage"u8]);
        stream.Begin();
    }

    private void OnStart(JsonView data)
    {
        var block = data["content_block"u8];
        if (data["index"u8].TryInteger(out var index) && block.IsObject) _blocks.Start(index, block);
        else attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    private void OnDelta(JsonView data)
    {
        if (!data["index"u8].TryInteger(out var index) || !_blocks.Delta(index, data["delta"u8])) attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    private void OnStop(JsonView data)
    {
        if (!data["index"u8].TryInteger(out var index) || !_blocks.Stop(index)) attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    private void OnMessageDelta(JsonView data)
    {
        TakeUsage(data["usage"u8]);
        var delta = data["delta"u8];
        if (!delta["stop_reason"u8].IsString) return;
        _reason = StopReasons.FromAnthropic(delta["stop_reason"u8]);
        var explanation = delta["stop_details"u8]["explanation"u8];
        if (_reason == StopReason.Refusal && explanation is { IsString: true, IsEmpty: false }) _blocks.Refuse(explanation.Escaped);
    }

    private void TakeUsage(JsonView usage)
    {
        _usage = UsageText.Read(Dialect.Anthropic, usage, _usage);
        var tier = usage["service_tier"u8];
        if (!tier.IsString) return;
        stream.ServiceTier.Clear();
        stream.ServiceTier.Append(tier.Is("standard"u8) ? "\"default\""u8 : tier.Is("batch"u8) ? "\"flex\""u8 : tier.Raw);
    }

    private void End()
    {
        _blocks.StopAll();
        stream.End(_reason, _usage);
        MarkEnded();
    }
}
