using Microsoft.Extensions.Logging;

namespace Gatehouse.Storage.Journals;

internal sealed partial class SegmentFolder
{
    [LoggerMessage(1110, LogLevel.Error, "Journal segment {File} has no readable header; it was kept for inspection")]
    private static partial void LogPutAside(ILogger logger, string file);

    [LoggerMessage(1111, LogLevel.Error, "Journal segment {File} could not be read and stays for the next start: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string file, string reason);

    [LoggerMessage(1112, LogLevel.Warning, "Journal segment {File} is stored but could not be deleted: {Reason}")]
    private static partial void LogUndeletable(ILogger logger, string file, string reason);
}
