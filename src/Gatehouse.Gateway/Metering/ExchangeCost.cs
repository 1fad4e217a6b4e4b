using Gatehouse.Catalog;
using Gatehouse.Dialects.Facts;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Reckons what an exchange cost: whole numbers of nanodollars, rounded half up once per exchange, so that a sum of rows is exact. Pure; allocates
/// nothing.
/// </summary>
internal static class ExchangeCost
{
    private const long TokensPerPrice = 1_000_000;

    /// <summary>A million dollars: no exchange costs that, and thousands of them still have a sum.</summary>
    private const long Most = 1_000_000_000_000_000;

    /// <summary>The cost of token counts, in nanodollars. What is not known counts as none.</summary>
    public static long Of(Usage usage, ModelPrice price) => Of(usage, price.For(usage.InputTotal ?? 0));

    private static long Of(Usage usage, in TokenPrices prices)
    {
        var (read, write) = (usage.CacheRead ?? 0, usage.CacheWrite ?? 0);
        var hour = Math.Min(usage.CacheWrite1h ?? 0, write);
        var plain = usage.Input ?? 0;
        // Cached tokens beyond the input that they are part of would make a negative remainder.
        if (usage.InputIncludesCache) plain = Math.Max(0, plain - read - write);
        return Round(
            ((Int128)plain * prices.Input) + ((Int128)(usage.Output ?? 0) * prices.Output) + ((Int128)read * prices.CacheRead)
            + ((Int128)(write - hour) * prices.CacheWrite5m) + ((Int128)hour * prices.CacheWrite1h));
    }

    /// <summary>The cost of estimated counts, in nanodollars: nothing is known of a cache, so all input counts in full.</summary>
    public static long Of(long input, long output, ModelPrice price)
    {
        var prices = price.For(input);
        return Round(((Int128)input * prices.Input) + ((Int128)output * prices.Output));
    }

    /// <summary>Writes the cost of a finished exchange, and what it is worth, into its record.</summary>
    /// <param name="record">The exchange, with its counts.</param>
    /// <param name="table">The prices in force.</param>
    public static void Settle(ExchangeRecord record, PriceTable table)
    {
        (record.CostNanodollars, record.CostBasis) = (null, CostBasis.None);
        if (!Writes(record.Operation)) return;
        if (record.Provider is null)
        {
            // Where it would have gone was not journalled yet when Gatehouse died.
            if (record.End == ExchangeEnd.Interrupted) record.CostBasis = CostBasis.NoUsage;
            return;
        }

        var isReported = record.UsageSource is UsageSource.Upstream or UsageSource.Partial;
        var isUnknown = !isReported || record.Usage.Input is null || record.Usage.Output is null;
        // A refused or failed call used nothing unless somebody says otherwise.
        if (!isReported && record.ChargedInput is null or 0 && record.ChargedOutput is null or 0 && !MayHaveUsed(record)) return;
        if (table.Find(record.ProviderId ?? record.Provider, record.ModelUsed, record.ModelSent) is not { } price)
        {
            record.CostBasis = CostBasis.NoPrice;
            return;
        }

        if (record is { ChargedInput: { } input, ChargedOutput: { } output } && (isUnknown || record.UsageSource == UsageSource.Partial))
        {
            // The cache's share is known where the input was reported: only what is missing is estimated.
            var usage = record.Usage;
            if (usage.InputTotal is null || usage.InputTotal < input) usage = new Usage { Input = input };
            usage.Output = output;
            Settle(record, usage, price, CostBasis.Estimated);
            return;
        }

        if (!isReported || record.Usage is { Input: null, Output: null })
        {
            record.CostBasis = CostBasis.NoUsage;
            return;
        }

        var isWhole = record.UsageSource == UsageSource.Upstream && !isUnknown && record.ServerTools is null;
        Settle(record, record.Usage, price, isWhole ? CostBasis.Reported : CostBasis.Estimated);
    }

    // A tier that nobody names a price for has none: the standard one would look right and be wrong.
    private static void Settle(ExchangeRecord record, Usage usage, ModelPrice price, CostBasis basis) =>
        (record.CostNanodollars, record.CostBasis) = price.For(usage.InputTotal ?? 0, record.ServiceTier) is { } prices
            ? ((long?)Of(usage, prices), basis) : (null, CostBasis.NoPrice);

    /// <summary>Whether a call makes a model write, so that it costs.</summary>
    public static bool Writes(ExchangeOperation operation) => operation is ExchangeOperation.Messages or ExchangeOperation.ChatCompletions
        or ExchangeOperation.Responses or ExchangeOperation.ResponsesCompact;

    // As the ledger counts unknown usage: errors have none to report.
    private static bool MayHaveUsed(ExchangeRecord record) =>
        record.End is ExchangeEnd.Ok or ExchangeEnd.ClientGone or ExchangeEnd.Timeout or ExchangeEnd.Interrupted;

    private static long Round(Int128 parts) => (long)Int128.Min(Most, (parts + (TokensPerPrice / 2)) / TokensPerPrice);
}
