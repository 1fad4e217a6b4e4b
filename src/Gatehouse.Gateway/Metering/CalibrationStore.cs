using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Keeps the <see cref="TokenCalibration"/> over restarts: once a minute what was learned goes to the database, and what other gateways learned comes from
/// there. Thread-safe.
/// </summary>
internal sealed partial class CalibrationStore(Store store, TokenCalibration calibration, TimeProvider time, ILogger<CalibrationStore> logger)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    /// <summary>Writes and reads every minute until cancelled, and writes once more then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await RefreshAsync();
        }
        catch (OperationCanceledException)
        {
            await RefreshAsync();
        }
    }

    /// <summary>Writes down what was learned, and takes over what others did. A store that fails is reported; estimates go on with what is known.</summary>
    public async Task RefreshAsync()
    {
        var learned = calibration.TakeLearned();
        try
        {
            if (learned.Count > 0) await CalibrationTable.AddAsync(store, learned, time.GetUtcNow());
            foreach (var (model, factor) in await CalibrationTable.ReadAsync(store)) calibration.Adopt(model, factor);
        }
        catch (StoreException e)
        {
            // Else what the store has of before would be taken over in its place.
            calibration.Return(learned);
            LogNotKept(e.Message);
        }
    }
}
