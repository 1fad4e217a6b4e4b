using System.Buffers;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Carries a non-2xx answer: its first 64 KiB are read whole, so that the key lent to the provider is masked if the answer quotes it and so
/// that an answer that breaks off becomes an error of our own instead of half a body; the rest, if any, is relayed.
/// </summary>
internal static class ErrorAnswer
{
    private const int Held = 64 * 1024;

    /// <summary>Carries the answer and settles the exchange.</summary>
    public static async Task CarryAsync(Exchange exchange, Attempt attempt, UpstreamAnswer answer, TapPool taps)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Held);
        try
        {
            var (length, complete) = await ReadAsync(exchange, attempt, answer, buffer.AsMemory(0, Held));
            if (length < 0) return;
            var record = exchange.Record;
            var held = buffer.AsMemory(0, length);
            using var reader = new AnswerReader(attempt.Request.Dialect, answer, taps);
            reader.Read(held.Span);
            exchange.TakeFacts(reader.Facts, complete: false);
            record.Usage = default;
            record.UsageSource = UsageSource.None;
            record.ErrorType ??= "status_" + answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (attempt.Request.Credential is { } lent) held = Masked(exchange, answer, lent.Mask, held, complete);
            if (complete && LoginRefusal.IsOne(attempt.Request.Credential, answer.Status, held.Span)) held = Advised(exchange, answer, held);
            if (complete || length == answer.ContentLength) exchange.Settle(EndOf(answer.Status));

            // To an answer that has no body (304) the server takes not even an empty write, and would close the connection.
            if (!held.IsEmpty) await WholeAnswer.SendAsync(exchange.Http, held);
            if (!complete) await RelayRestAsync(exchange, attempt, answer, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What a status that is no good one means to the ledger: a redirect, which is not followed, answers nobody either.</summary>
    internal static ExchangeEnd EndOf(int status) => status is >= 400 and < 500 ? ExchangeEnd.ClientError : ExchangeEnd.UpstreamError;

    private static Memory<byte> Advised(Exchange exchange, UpstreamAnswer answer, Memory<byte> held)
    {
        var response = exchange.Http.Response;
        if (LoginRefusal.WithAdvice(held.Span) is not { } said)
        {
            var error = UpstreamErrors.OfAnswer(exchange.Route.Dialect, answer.Status, held.Span, exchange.Record.Provider!);
            var body = new ArrayBufferWriter<byte>(1024);
            DialectErrors.WriteBody(body, exchange.Route.Dialect, error with { Message = error.Message + LoginRefusal.Advice }, "req_" + exchange.Record.Id.ToString("N"));
            said = body.WrittenSpan.ToArray();
            response.ContentType = "application/json";
        }

        response.ContentLength = said.Length;
        return said;
    }

    private static Memory<byte> Masked(Exchange exchange, UpstreamAnswer answer, CredentialMask mask, Memory<byte> held, bool complete)
    {
        if (answer.ContentEncoding is not { } coding || !PackedError.Reads(coding))
        {
            mask.MaskInPlace(held.Span);
            return held;
        }

        if (!complete || PackedError.Masked(coding, held.ToArray(), mask) is not { } plain) return held;
        exchange.Http.Response.Headers.ContentEncoding = default;
        exchange.Http.Response.ContentLength = plain.Length;
        return plain;
    }

    /// <summary>Reads an error's body into a buffer, and notes its size and when it began; a negative length when it broke off, and the caller was answered.</summary>
    internal static async Task<(int Length, bool Complete)> ReadAsync(
        Exchange exchange, Attempt attempt, UpstreamAnswer answer, Memory<byte> buffer)
    {
        var length = 0;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(exchange.Http.RequestAborted, exchange.TimeUp);
        var late = RelayEnd.IdleTimeout;
        try
        {
            while (length < buffer.Length)
            {
                (var patience, late) = Patience(exchange, attempt);
                deadline.CancelAfter(patience);
                var read = await answer.Body.ReadAsync(buffer[length..], deadline.Token);
                if (read == 0) return (length, true);
                length += read;
                exchange.Record.ResponseBytes = length;
                exchange.Record.FirstByteMicros ??= exchange.ElapsedMicros();
            }

            return (length, false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            exchange.Http.RequestAborted.ThrowIfCancellationRequested();
            if (exchange.TimeUp.IsCancellationRequested)
            {
                await exchange.StopAsync();
                return (-1, false);
            }

            var end = deadline.IsCancellationRequested ? late : RelayEnd.UpstreamBroke;
            var failure = UpstreamFailure.Of(end, exchange.Record.Provider!);
            answer.BrokeOff(failure.Type);
            await exchange.FailAsync(failure.Error, failure.End, failure.Type);
            return (-1, false);
        }
    }

    /// <summary>How long the next piece is waited for, and what it means when it does not come: the provider is silent, or has no time left in all.</summary>
    private static (TimeSpan Wait, RelayEnd Late) Patience(Exchange exchange, Attempt attempt)
    {
        var deadlines = attempt.Request.Provider.Deadlines;
        var left = deadlines.Total - TimeSpan.FromMicroseconds(exchange.ElapsedMicros() - exchange.ElapsedMicros(attempt.Started));
        if (left >= deadlines.Idle) return (deadlines.Idle, RelayEnd.IdleTimeout);
        return (left > TimeSpan.Zero ? left : TimeSpan.Zero, RelayEnd.TotalTimeout);
    }

    /// <summary>
    /// Relays the rest and settles: when the last of it is there, or when it breaks off. The client has for each piece the time that it has for an answer in one piece; the
    /// deadlines are the provider's.
    /// </summary>
    private static async Task RelayRestAsync(Exchange exchange, Attempt attempt, UpstreamAnswer answer, byte[] buffer)
    {
        var record = exchange.Record;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(exchange.Http.RequestAborted, exchange.TimeUp);
        var late = RelayEnd.IdleTimeout;
        try
        {
            while (true)
            {
                (var patience, late) = Patience(exchange, attempt);
                silence.CancelAfter(patience);
                var read = await answer.Body.ReadAsync(buffer, silence.Token);
                record.ResponseBytes += read;
                if (read == 0 || record.ResponseBytes == answer.ContentLength) exchange.Settle(EndOf(answer.Status));
                if (read == 0) return;

                // The provider is not silent while the client is slow.
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                await WholeAnswer.SendAsync(exchange.Http, buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            if (!exchange.IsSettled) SettleBroken(exchange, answer, silence.IsCancellationRequested ? late : RelayEnd.UpstreamBroke);
            throw new BrokenStreamException();
        }
    }

    /// <summary>Who leaves the rest of an error has had the error; of one that broke off nobody knows what it was.</summary>
    private static void SettleBroken(Exchange exchange, UpstreamAnswer answer, RelayEnd end)
    {
        if (exchange.Http.RequestAborted.IsCancellationRequested)
        {
            exchange.Settle(EndOf(answer.Status));
            return;
        }

        var isStopping = exchange.TimeUp.IsCancellationRequested;
        var failure = isStopping ? UpstreamFailure.Stopping : UpstreamFailure.Of(end, exchange.Record.Provider!);
        exchange.Record.ErrorType = failure.Type;
        if (!isStopping) answer.BrokeOff(failure.Type);
        exchange.Settle(failure.End);
    }
}
