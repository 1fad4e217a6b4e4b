using Microsoft.Extensions.Logging;

namespace Gatehouse.Storage.Journals;

public sealed partial class Journal
{
    [LoggerMessage(1100, LogLevel.Warning, "The journal holds {Segments} segments of an earlier process; what is not stored yet will be")]
    private static partial void LogRecovered(ILogger logger, int segments);

    [LoggerMessage(1101, LogLevel.Error, "The journal cannot make a segment and keeps records in memory: {Reason}")]
    private static partial void LogDegraded(ILogger logger, string reason);

    [LoggerMessage(1102, LogLevel.Information, "The journal can make segments again")]
    private static partial void LogHealthy(ILogger logger);

    [LoggerMessage(1103, LogLevel.Critical, "The journal has no room, disk and memory both, and loses records: {Reason}")]
    private static partial void LogFirstLost(ILogger logger, string reason);

    [LoggerMessage(1104, LogLevel.Error, "The journal could not be made permanent; a power loss now would lose records: {Reason}")]
    private static partial void LogUnflushed(ILogger logger, string reason);

    [LoggerMessage(1105, LogLevel.Error, "Journal segment {File} was damaged in {Stretches} places; the records there are gone")]
    private static partial void LogDamaged(ILogger logger, string file, int stretches);
}
