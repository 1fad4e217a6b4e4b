using Gatehouse.Dialects.Counting;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Holds requests to their limits: how many a user makes, how long one may be, and whether the user's budgets still hold what it will need. A token without
/// a user is bound by the length alone. Calls that make no model write cost nothing. Thread-safe.
/// </summary>
internal sealed class UsageGuard(
    BudgetBook book, Live<LimitTable> limits, TokenCalibration calibration, OutputShare shares, TimeProvider time)
{
    /// <summary>Bodies up to this size are measured on the socket's own thread; larger ones would stall the other streams on it.</summary>
    private const int MeasuredInline = 64 * 1024;

    /// <summary>The books of a token's user; null when it has none.</summary>
    public UserAccount? AccountOf(AccessToken token) => token.UserId is { } user ? book.Of(user) : null;

    /// <summary>Counts a request of a user's; a refusal when there were too many in the window, and how long to wait.</summary>
    public LimitRefusal? Enter(AccessToken token, GatewaySnapshot snapshot)
    {
        if (token.UserId is not { } user) return null;
        var allowed = limits.Current.Of(user, snapshot.Config.UserLimits);
        if (allowed.Requests is not { } most) return null;
        var window = (long)(allowed.Window.TotalSeconds * time.TimestampFrequency);
        if (book.Of(user).TryEnter(most, window, time.GetTimestamp(), out var wait)) return null;
        var resets = time.GetUtcNow() + TimeSpan.FromSeconds((double)wait / time.TimestampFrequency);
        return new LimitRefusal(LimitKind.Requests, most, 0, 1, most, resets);
    }

    /// <summary>
    /// Measures a request that is about to be sent and sets aside what it will need; a refusal, and nothing set aside, when it does not fit.
    /// </summary>
    /// <param name="admitted">The request.</param>
    /// <param name="first">Where it will be tried first.</param>
    public async ValueTask<LimitRefusal?> HoldAsync(Admitted admitted, Target first)
    {
        var longest = admitted.Snapshot.Config.Limits.MaxInputTokensPerRequest;
        if (!ExchangeCost.Writes(admitted.Exchange.Route.Operation)) return null;
        var user = admitted.Token.UserId;
        var allowed = user is null ? default : limits.Current.Of(user, admitted.Snapshot.Config.UserLimits);
        if (longest is null && !allowed.HasBudget) return null;

        if (admitted.Whole.Length > MeasuredInline) await ThreadPoolHop.Instance;
        var size = InputMeasure.Of(admitted.Whole.Span);
        var exchange = admitted.Exchange;
        var sent = first.Rename ?? exchange.Record.ModelAsked ?? "";
        exchange.EstimatedInput = size.Tokens;
        var input = Math.Max(1, calibration.Correct(sent, size.Tokens));
        if (input > longest) return new LimitRefusal(LimitKind.RequestInput, 0, 0, input, longest.Value, null);
        if (!allowed.HasBudget) return null;

        var price = admitted.Snapshot.Prices.Find(first.ProviderId ?? first.Provider.Name, sent);
        if (price is null && allowed.MonthlyCostNanodollars is not null && !admitted.Snapshot.Config.UserLimits.AllowsUnpriced)
            return new LimitRefusal(LimitKind.Unpriced, 0, 0, 0, 0, null);
        var output = shares.Of(sent, size.MaxOutput);
        var need = new BudgetHold(input, output, price is null ? 0 : ExchangeCost.Of(input, output, price));
        return Hold(exchange, user!, allowed, need, first, sent);
    }

    /// <summary>Learns from an exchange that held something how long answers are. What a user's own provider says holds for nobody else.</summary>
    public void Learn(Exchange exchange)
    {
        if (exchange.Held.Exists && exchange.Record is { IsByTenant: false, End: ExchangeEnd.Ok, UsageSource: UsageSource.Upstream, ModelSent: { } sent, Usage.Output: { } written })
            shares.Learn(sent, written);
    }

    private LimitRefusal? Hold(Exchange exchange, string user, in EffectiveLimits allowed, in BudgetHold need, Target first, string sent)
    {
        var refusal = exchange.Account!.TryHold(allowed, need, BudgetPeriods.Of(exchange.Record.StartedAtMicros), out var alerts);
        if (alerts != AlertFlags.None) book.Tell(user, alerts, allowed);
        if (refusal is not null) return refusal;
        (exchange.Record.Provider, exchange.Record.ProviderId, exchange.Record.ModelSent) = (first.Provider.Name, first.ProviderId, sent);
        exchange.Hold(need);
        return null;
    }
}
