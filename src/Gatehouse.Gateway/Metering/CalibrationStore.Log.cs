using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Metering;

internal sealed partial class CalibrationStore
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "What was learned about models' token counts could not be kept: {Reason}")]
    private partial void LogNotKept(string reason);
}
