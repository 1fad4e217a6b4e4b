using System.Globalization;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Counting;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Counts the tokens of a request whose provider does not speak the caller's dialect: by the vendor's own counter where its dialect has one, else by an estimate,
/// which a header tells. A counter that fails is no fault of the provider's and costs the caller nothing. Thread-safe.
/// </summary>
internal sealed class TokenCounter(TranslatedRequest translated, IUpstream upstream)
{
    /// <summary>The header that says that a count is an estimate.</summary>
    public const string EstimateHeader = "x-gatehouse-estimate";

    private const int LargestAnswer = 64 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether a target's tokens are counted here: it speaks another dialect than the caller, or it is a program, which has no counter.</summary>
    public static bool Counts(Target target) => target.Edge is not null || target.Provider.Program is not null;

    /// <summary>Counts, answers and settles.</summary>
    public async Task CountAsync(Admitted admitted, Target target)
    {
        var exchange = admitted.Exchange;
        var record = exchange.Record;
        if (target.Provider.Program is not null)
        {
            record.Provider = target.Provider.Name;
            await AnswerAsync(exchange, InputMeasure.Of(admitted.Whole.Span).Tokens, isEstimate: true);
            return;
        }

        using var request = await translated.TranslateAsync(admitted, target);
        if (request.Refusal is { } refused)
        {
            await exchange.FailAsync(refused, ExchangeEnd.Refused, "not_translatable");
            return;
        }

        record.Attempts++;
        record.Provider = target.Provider.Name;
        record.UpstreamDialect = target.Edge!.Upstream;
        record.ModelSent = request.Context.ModelSent;
        record.CredentialId = target.Credential?.Id;
        record.CredentialSource = target.Credential?.Source ?? "none";
        record.CredentialOwner = target.Credential?.Owner;
        record.ProviderId = target.ProviderId;
        var counted = await AskAsync(admitted, target, request);
        var tokens = counted ?? request.Context.EstimatedInput ?? 0;
        await AnswerAsync(exchange, tokens, isEstimate: counted is null);
    }

    private async Task<long?> AskAsync(Admitted admitted, Target target, Dialects.Translation.EdgeRequest request)
    {
        using var body = new PooledBuffer();
        if (!request.Context.Traits.TokenCounter || !CountRequest.TryWrite(target.Edge!.Upstream, request.Body.Written, body)) return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(admitted.Exchange.Http.RequestAborted);
        patience.CancelAfter(s_patience);
        try
        {
            var call = TranslatedRequest.Count(admitted, target, request, body.WrittenMemory);
            var outcome = await upstream.SendAsync(call, patience.Token);
            if (outcome.Answer is not { } answer) return null;
            await using (answer)
            {
                admitted.Exchange.Record.UpstreamStatus = answer.Status;
                if (answer.Status is < 200 or >= 300) return null;
                using var received = new PooledBuffer();
                while (received.Length < LargestAnswer)
                {
                    var read = await answer.Body.ReadAsync(received.GetMemory(4096), patience.Token);
                    if (read == 0) break;
                    received.Advance(read);
                }

                return CountRequest.TryRead(received.Written, out var tokens) ? tokens : null;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            admitted.Exchange.Http.RequestAborted.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static async Task AnswerAsync(Exchange exchange, long tokens, bool isEstimate)
    {
        var number = tokens.ToString(CultureInfo.InvariantCulture);
        var body = Encoding.UTF8.GetBytes(exchange.Route.Dialect == Dialect.Anthropic
            ? $"{{\"input_tokens\":{number}}}"
            : $"{{\"object\":\"response.input_tokens\",\"input_tokens\":{number}}}");
        var response = exchange.Http.Response;
        exchange.Record.Status = response.StatusCode = 200;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers[ErrorReply.ExchangeHeader] = exchange.Record.Id.ToString();
        if (isEstimate) response.Headers[EstimateHeader] = "true";
        exchange.Settle(ExchangeEnd.Ok);
        await WholeAnswer.SendAsync(exchange.Http, body);
    }
}
