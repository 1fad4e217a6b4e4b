using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>What follows when an exchange is over: counting it, and one line in the log. Thread-safe.</summary>
internal sealed partial class ExchangeCloser(
    GatewayMetrics metrics, TokenUses uses, TokenCalibration calibration, UsageGuard guard, ILogger<ExchangeCloser> logger)
{
    private const int LongestName = 100;

    /// <summary>Closes an exchange; it is settled as the gateway's own failure if nobody has settled it.</summary>
    public void Close(Exchange exchange, AccessToken token)
    {
        var record = exchange.Record;
        exchange.Settle(ExchangeEnd.Refused);
        metrics.Settled(record);
        if (ExchangeTrace.Wanted) Trace(exchange);
        uses.Note(token, record.Client);
        guard.Learn(exchange);
        Learn(exchange);
        var (model, error) = (Shown(record.ModelAsked), Shown(record.ErrorType));
        if (record.End is ExchangeEnd.Ok) LogOk(record.Id, record.Operation, model, record.Provider, record.DurationMicros / 1000);
        else LogNotOk(record.Id, record.Operation, model, record.Provider ?? "nobody", record.Status, record.End, error);
    }

    /// <summary>What a caller or provider named, in a length that a line of the log can bear.</summary>
    private static string? Shown(string? name) => name is { Length: > LongestName } ? name[..LongestName] + "…" : name;

    /// <summary>
    /// Only from what was read whole: the provider's own tools read and write besides, and so does what it kept of earlier calls. What a user's own provider
    /// says holds for nobody else.
    /// </summary>
    private void Learn(Exchange exchange)
    {
        if (exchange is not { EstimatedInput: > 0, ContinuesUpstream: false }) return;
        if (exchange.Record is { IsByTenant: false, End: ExchangeEnd.Ok, UsageSource: UsageSource.Upstream, ServerTools: null, ModelSent: { } sent, Usage.InputTotal: { } reported })
            calibration.Learn(sent, exchange.EstimatedInput, reported);
    }

    private static void Trace(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        ExchangeTrace.Settled(exchange.Record, headers.TraceParent, headers.TraceState, exchange.UpstreamAddress);
    }
}
