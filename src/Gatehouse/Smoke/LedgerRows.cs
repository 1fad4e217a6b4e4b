using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;

namespace Gatehouse.Smoke;

/// <summary>Looks up the rows that a gateway, in this process or another, writes to the ledger a moment after the answer.</summary>
internal sealed class LedgerRows(Store store)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(25);
    private readonly LedgerQuery _query = new(store);

    /// <summary>How long to wait for a row. The gateway stores within a tenth of a second unless its disk is slow.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an exchange's row; null when it does not come.</summary>
    public async Task<ExchangeRecord?> FindAsync(Guid? exchange, CancellationToken cancellation)
    {
        if (exchange is not { } id) return null;
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await _query.FindAsync(id, cancellation) is { } row) return row;
            if (TimeProvider.System.GetElapsedTime(since) > Limit) return null;
            await Task.Delay(s_pause, cancellation);
        }
    }
}
