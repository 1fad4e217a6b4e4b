using System.Runtime.CompilerServices;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Carries one client request through the gateway. It reads as the list in ARCHITECTURE.md: accept, authenticate and admit (the admitter),
/// resolve, shape the body, send, stream back, settle. Thread-safe; everything that belongs to one request is in its <see cref="Exchange"/>.
/// </summary>
internal sealed partial class ExchangeHandler(
    Admitter admitter, TargetResolver targets, TranslatedRequest translated, TokenCounter counter, TurnAnswers turns, UsageGuard guard, IUpstream upstream, AnswerCarrier carrier, ExchangeCloser closer,
    TimeProvider time, ILogger<ExchangeHandler> logger)
{
    /// <summary>Bodies up to this size are translated on the socket's own thread, which takes some 80 µs; larger ones would stall the other streams on it.</summary>
    private const int TranslatedInline = 256 * 1024;

    /// <summary>Handles a request of the data plane. Throws nothing but <see cref="BrokenStreamException"/>.</summary>
    public async Task HandleAsync(HttpContext http, DataRoute route)
    {
        using var admitted = await admitter.AdmitAsync(http, route);
        if (admitted is null) return;
        var exchange = admitted.Exchange;
        try
        {
            if (admitted.Full is { } full)
            {
                await RefuseAsync(exchange, full);
                return;
            }

            if (await turns.TryAnswerAsync(admitted)) return;
            var resolution = await targets.ResolveAsync(admitted);
            if (resolution.Error is { } refused)
            {
                await exchange.FailAsync(refused, ExchangeEnd.Refused, resolution.ErrorType!);
                return;
            }

            if (await guard.HoldAsync(admitted, resolution.Targets[0]) is { } limit)
            {
                await RefuseAsync(exchange, limit);
                return;
            }

            // Natives come first: a translated target at the front means that nobody speaks the caller's dialect.
            if (exchange.Route.Counts && TokenCounter.Counts(resolution.Targets[0])) await counter.CountAsync(admitted, resolution.Targets[0]);
            else await TryTargetsAsync(admitted, resolution.Targets);
        }
        catch (BrokenStreamException)
        {
            throw;
        }
        catch (Exception) when (exchange.Aborted.IsCancellationRequested)
        {
            exchange.Settle(ExchangeEnd.ClientGone);
        }
        catch (Exception e)
        {
            LogFailed(exchange.Record.Id, e);
            if (http.Response.HasStarted)
            {
                exchange.Record.ErrorType ??= "internal";
                exchange.Settle(ExchangeEnd.UpstreamError);
                throw new BrokenStreamException();
            }

            var error = new DialectError(ErrorKind.Internal, $"The gateway failed. Its log names the reason under exchange {exchange.Record.Id}.");
            await exchange.FailAsync(error, ExchangeEnd.Refused, "internal");
        }
        finally
        {
            closer.Close(exchange, admitted.Token);
        }
    }

    private Task RefuseAsync(Exchange exchange, in LimitRefusal limit)
    {
        var now = time.GetUtcNow();
        return exchange.FailAsync(LimitErrors.Of(limit, exchange.Route.Dialect, now), ExchangeEnd.Refused, LimitErrors.Word(limit.Kind), limit.ResetsAt - now);
    }

    /// <summary>Another target is tried only while nothing was sent to the client: after no answer at all, or a 5xx.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask TryTargetsAsync(Admitted admitted, IReadOnlyList<Target> all)
    {
        var exchange = admitted.Exchange;
        var record = exchange.Record;
        for (var i = 0; i < all.Count; i++)
        {
            var isLast = i == all.Count - 1;
            using var attempt = await ShapeAsync(admitted, all[i]);
            attempt.Describe(exchange);
            if (attempt.Refusal is { } refused)
            {
                if (!isLast) continue;
                await exchange.FailAsync(refused, ExchangeEnd.Refused, "not_translatable");
                return;
            }

            // Only its translation is sent: the memory serves the next body while the processor's cache still holds it.
            if (isLast && attempt.Translation is not null) admitted.ReplaceBody();
            record.OverheadMicros ??= exchange.ElapsedMicros();
            var outcome = await upstream.SendAsync(attempt.Request, exchange.Aborted);
            record.UpstreamStatus = outcome.Answer?.Status;
            record.Attempts += outcome.Tries - 1;
            if (outcome.Answer is not { } answer)
            {
                exchange.Aborted.ThrowIfCancellationRequested();
                if (outcome.Fault == UpstreamFault.Cancelled)
                {
                    await exchange.StopAsync();
                    return;
                }

                if (!isLast) continue;
                var failure = UpstreamFailure.Of(outcome, attempt.Request.Provider);
                await exchange.FailAsync(failure.Error, failure.End, failure.Type);
                return;
            }

            await using (answer)
            {
                if (answer.Status >= 500 && !isLast) continue;
                admitted.ReleaseBody();
                await carrier.CarryAsync(exchange, attempt, answer);
            }

            return;
        }
    }

    private async ValueTask<Attempt> ShapeAsync(Admitted admitted, Target target)
    {
        if (target.Edge is null) return Attempt.Of(admitted, target, translated, time);
        if (admitted.Whole.Length > TranslatedInline) await ThreadPoolHop.Instance;
        return await Attempt.TranslateAsync(admitted, target, translated, time);
    }
}
