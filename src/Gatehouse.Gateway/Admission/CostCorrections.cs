using System.Threading.Channels;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Admission;

/// <summary>
/// Takes costs that were reckoned again into the books of a running server, so that a cap goes by the prices of now at once. Exact: what the books were
/// charged with for an exchange is what its row had before. Owned by the server; thread-safe.
/// </summary>
/// <param name="store">Where the changes are written.</param>
/// <param name="book">The books.</param>
/// <param name="last">The latest change that the books know of from the ledger itself.</param>
/// <param name="time">Paces retries.</param>
/// <param name="logger">Hears of failures.</param>
internal sealed partial class CostCorrections(Store store, BudgetBook book, long last, TimeProvider time, ILogger<CostCorrections> logger)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private readonly ILogger _logger = logger;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Follows the store until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // One look at once: a change may have come since the books were opened.
        _signals.Writer.TryWrite(true);
        store.Changed += OnChanged;
        try
        {
            await foreach (var _ in _signals.Reader.ReadAllAsync(cancellation)) await TakeAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            store.Changed -= OnChanged;
        }
    }

    private void OnChanged(object? sender, EventArgs e) => _signals.Writer.TryWrite(true);

    private async Task TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                foreach (var change in await CostChange.SinceAsync(store, last, cancellation))
                {
                    book.Of(change.UserId).Correct(change.Month, change.CostNanodollars, change.Unpriced);
                    last = change.Sequence;
                }

                return;
            }
            catch (StoreException e)
            {
                LogNotRead(e);
                await Task.Delay(s_retry, time, cancellation);
            }
        }
    }
}
