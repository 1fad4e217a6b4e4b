using System.Runtime.CompilerServices;
using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Carries an upstream's answer to the client: status, headers and body as they are. A 2xx body is relayed as it arrives; an error's body is
/// read first, so that the lent key can be masked should the upstream quote it. An answer that can't be finished is broken off visibly.
/// Thread-safe.
/// </summary>
internal sealed class AnswerCarrier(ConfigSource configuration, TimeProvider time)
{
    /// <summary>
    /// How long a client has for the last bytes of a stream that breaks off before it sees the break. Libraries that hear of both at once throw away what they have
    /// not handed out, and tell of the connection and not of the error. Agents leave at an error event, which ends the wait.
    /// </summary>
    internal static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a stop waits for that, whatever the clients do.</summary>
    private static readonly TimeSpan s_allLastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private readonly TapPool _taps = new();
    private readonly RelayTicker _ticker = new(time);

    /// <summary>Carries one answer and settles the exchange.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask CarryAsync(Exchange exchange, Attempt attempt, UpstreamAnswer answer)
    {
        var record = exchange.Record;
        record.UpstreamRequestId = exchange.Noted(answer.RequestId);
        attempt.Hear(exchange, answer);
        if (answer.Status is >= 200 and < 300 && answer.MediaType == "text/html")
        {
            var failure = UpstreamFailure.WebPage(answer.Status, record.Provider!);
            answer.BrokeOff(failure.Type);
            await exchange.FailAsync(failure.Error, failure.End, failure.Type);
            return;
        }

        if (attempt.Translation is { } translation)
        {
            await CarryTranslatedAsync(exchange, attempt, translation, answer);
            return;
        }

        // Into a plain event stream keep-alives and an error may be put, and a usage chunk taken out; anything else keeps its length.
        var isPlainStream = answer is { Status: >= 200 and < 300, MediaType: "text/event-stream", ContentEncoding: null };
        var filter = isPlainStream ? attempt.Filter : null;
        CopyHead(exchange, answer, changesLength: isPlainStream);
        record.Status = answer.Status;
        if (answer.Status is < 200 or >= 300)
        {
            await ErrorAnswer.CarryAsync(exchange, attempt, answer, _taps);
            return;
        }

        if (answer.Status is 204 or 205)
        {
            // Whole without a body, whatever length it declares.
            exchange.Http.Response.ContentLength = null;
            exchange.Settle(ExchangeEnd.Ok);
            return;
        }

        using var reader = new AnswerReader(attempt.Request.Dialect, answer, _taps);
        var keepAlive = configuration.Current.Config.Stream.KeepAlive;
        var clock = new RelayClockSettings(_ticker, attempt.Request.Provider.Deadlines, keepAlive, attempt.Started, exchange.Right, exchange.Gate);
        using var relay = new AnswerRelay(exchange, answer, reader, filter, clock);
        var end = await relay.RunAsync();
        if (end == RelayEnd.Complete)
        {
            if (reader.SawError) answer.BrokeOff(record.ErrorType ?? "error_event");
            exchange.Settle(ExchangeEnd.Ok);
            return;
        }

        await BreakOffAsync(exchange, attempt, answer, reader, relay, end);
    }

    /// <summary>Has all answers that still run end, once the gate says that the time is up, and waits a second at most until no exchange runs.</summary>
    public async Task BreakOffAllAsync(ExchangeGate gate)
    {
        // Again and again: one that was writing to its client may begin to wait only now.
        var since = time.GetTimestamp();
        while ((_ticker.TickAll() || gate.Running > 0) && time.GetElapsedTime(since) < s_allLastWords) await Task.Delay(s_look, time);
    }

    private async Task CarryTranslatedAsync(Exchange exchange, Attempt attempt, EdgeRequest translation, UpstreamAnswer answer)
    {
        var record = exchange.Record;
        TranslatedHead.Write(exchange, answer, translation.Context.ClientStreams);
        if (answer.Status is < 200 or >= 300)
        {
            await TranslatedError.CarryAsync(exchange, attempt, answer, _taps);
            return;
        }

        record.Status = exchange.Http.Response.StatusCode;
        using var conversion = new AnswerConversion(
            exchange.Route.Dialect, translation, attempt.Request.Dialect, IsStream(exchange, answer), attempt.Capture, attempt.Finish);
        if (answer.ContentEncoding is { } coding)
        {
            conversion.Fail(new DialectError(ErrorKind.BadGateway, $"Provider '{record.Provider}' answered in the coding '{coding}', which it was not asked for."));
        }

        using var reader = new AnswerReader(attempt.Request.Dialect, answer, _taps);
        var clock = new RelayClockSettings(_ticker, attempt.Request.Provider.Deadlines, configuration.Current.Config.Stream.KeepAlive, attempt.Started, exchange.Right, exchange.Gate);
        using var relay = new AnswerRelay(exchange, answer, reader, null, clock, conversion) { Describe = () => attempt.DescribeLosses(exchange) };
        var end = await relay.RunAsync();
        if (end == RelayEnd.Complete)
        {
            exchange.Settle(ExchangeEnd.Ok);
            return;
        }

        attempt.DescribeLosses(exchange);
        await BreakOffAsync(exchange, attempt, answer, reader, relay, end, conversion);
    }

    private async Task BreakOffAsync(
        Exchange exchange, Attempt attempt, UpstreamAnswer answer, AnswerReader reader, AnswerRelay relay, RelayEnd end, AnswerConversion? conversion = null)
    {
        var record = exchange.Record;
        exchange.TakeFacts(reader.Facts, complete: false);
        record.Events = reader.Events;
        if (end == RelayEnd.ClientGone && reader.SawError && conversion is null)
        {
            // The agents' libraries leave at a provider's error; sooner or later than the provider itself means nothing.
            answer.BrokeOff(record.ErrorType ?? "error_event");
            exchange.Settle(ExchangeEnd.UpstreamError);
            return;
        }

        if (end is RelayEnd.ClientGone or RelayEnd.ClientStalled)
        {
            if (end == RelayEnd.ClientStalled) record.ErrorType = "client_stalled";
            exchange.Settle(ExchangeEnd.ClientGone);
            return;
        }

        var failure = end switch
        {
            RelayEnd.TokenEnded => UpstreamFailure.TokenEnded(exchange.Right),
            RelayEnd.Stopping => UpstreamFailure.Stopping,
            _ => UpstreamFailure.Of(end, record.Provider!),
        };
        if (conversion?.Failure is { } said) failure = failure with { Error = said, Type = exchange.Noted(said.Code) ?? "error_event" };
        record.ErrorType ??= failure.Type;
        if (end is not (RelayEnd.TokenEnded or RelayEnd.Stopping)) answer.BrokeOff(record.ErrorType);
        if (!exchange.Http.Response.HasStarted)
        {
            await exchange.FailAsync(
                Masked(failure.Error, attempt), failure.End, record.ErrorType, end == RelayEnd.Stopping ? Admitter.RetryWhenDraining : null);
            return;
        }

        exchange.Settle(failure.End);
        await relay.WriteErrorEventAsync(failure.Error);
        if (conversion is { IsFailureClosed: true } || relay.IsDelivered) return;
        if (reader.IsStream || conversion is not null)
        {
            // The provider does not wait with the client.
            await answer.DisposeAsync();
            await Task.Delay(LastWords, time, exchange.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        throw new BrokenStreamException();
    }

    /// <summary>An error inside a 2xx answer becomes an error answer here, and such ones don't tell the lent key.</summary>
    private static DialectError Masked(DialectError error, Attempt attempt)
    {
        if (!error.IsProviders || attempt.Request.Credential is not { } lent) return error;
        var message = Encoding.UTF8.GetBytes(error.Message);
        var told = error with { Code = error.Code is { } code ? lent.Mask.MaskHeader(code) : null };
        return lent.Mask.MaskInPlace(message) ? told with { Message = Encoding.UTF8.GetString(message) } : told;
    }

    /// <summary>Whether a 2xx answer that is to be translated is a stream: one that does not tell its kind, and has a body, is taken for what was asked for.</summary>
    private static bool IsStream(Exchange exchange, UpstreamAnswer answer) =>
        answer.MediaType is { Length: > 0 } kind ? kind == "text/event-stream" : exchange.Record.Stream && answer.Status is not (204 or 205);

    private static void CopyHead(Exchange exchange, UpstreamAnswer answer, bool changesLength)
    {
        var response = exchange.Http.Response;
        response.StatusCode = answer.Status;
        answer.CopyHeadersTo(response.Headers);
        response.Headers[ErrorReply.ExchangeHeader] = exchange.Record.Id.ToString();
        if (changesLength) response.Headers.ContentLength = null;
        if (exchange.Record.Losses is { } losses) response.Headers["x-gatehouse-losses"] = losses;
    }
}
