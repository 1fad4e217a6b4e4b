using Microsoft.Extensions.Logging;

namespace Gatehouse.Control.Api;

public sealed partial class ControlApi
{
    [LoggerMessage(EventId = 701, Level = LogLevel.Warning, Message = "A call of the administration found the database busy or failing.")]
    private partial void LogStore(Exception e);

    [LoggerMessage(EventId = 702, Level = LogLevel.Error, Message = "A call of the administration failed.")]
    private partial void LogFailed(Exception e);
}
