using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Admission;

/// <summary>
/// What a finished exchange is charged with. Reported in full: exactly that. Broken off, or reported in part: the larger of what was reported and what was
/// held, never nothing once the provider accepted. Not accepted (an error, no connection): nothing. Pure but for the account; allocates nothing.
/// </summary>
internal static class BudgetCharge
{
    /// <summary>Writes the charge into the record of an exchange that holds something; leaves it null where nothing is charged.</summary>
    public static void Charge(ExchangeRecord record, in BudgetHold held)
    {
        (record.ChargedInput, record.ChargedOutput) = (null, null);
        if (!held.Exists || !ExchangeCost.Writes(record.Operation) || !WasAccepted(record)) return;
        var (input, output) = (record.Usage.InputTotal, record.Usage.Output);
        if (record.UsageSource == UsageSource.Upstream && input is { } all && output is { } written)
        {
            (record.ChargedInput, record.ChargedOutput) = (all, written);
            return;
        }

        // Each event of a stream brings a token or more: a long answer that is broken off must not pass for a usual one.
        record.ChargedInput = Math.Max(input ?? 0, held.Input);
        record.ChargedOutput = Math.Max(Math.Max(output ?? 0, held.Output), record.Stream ? record.Events : 0);
    }

    /// <summary>Writes the exchange into its user's books and gives back what it held. After it was charged and priced.</summary>
    public static void Book(ExchangeRecord record, in BudgetHold held, UserAccount account)
    {
        var counts = ExchangeCost.Writes(record.Operation);
        account.Settle(
            held,
            counts ? record.ChargedInput ?? record.Usage.InputTotal ?? 0 : 0,
            counts ? record.ChargedOutput ?? record.Usage.Output ?? 0 : 0,
            record.CostNanodollars ?? 0,
            record.CostBasis is CostBasis.NoPrice or CostBasis.NoUsage ? 1 : 0,
            BudgetPeriods.Of(record.StartedAtMicros));
    }

    // Without an answer the provider may have been at work all the same, unless it failed or was never called.
    private static bool WasAccepted(ExchangeRecord record) => record.UpstreamStatus is { } status
        ? status is >= 200 and < 300
        : record.Attempts > 0 && record.End is ExchangeEnd.ClientGone or ExchangeEnd.Timeout or ExchangeEnd.Interrupted;
}
