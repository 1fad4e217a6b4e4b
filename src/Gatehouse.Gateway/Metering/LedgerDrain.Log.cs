using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Metering;

internal sealed partial class LedgerDrain
{
    [LoggerMessage(2100, LogLevel.Error, "The ledger cannot be stored and waits in the journal: {Reason}")]
    private static partial void LogFailing(ILogger logger, string reason);

    [LoggerMessage(2101, LogLevel.Information, "The ledger is being stored again")]
    private static partial void LogHealthy(ILogger logger);

    [LoggerMessage(2102, LogLevel.Error, "A ledger record in the journal could not be understood and was skipped")]
    private static partial void LogDamaged(ILogger logger);

    [LoggerMessage(2103, LogLevel.Warning, "{Count} exchanges were running when the last server died; they are in the ledger as interrupted")]
    private static partial void LogInterrupted(ILogger logger, int count);
}
