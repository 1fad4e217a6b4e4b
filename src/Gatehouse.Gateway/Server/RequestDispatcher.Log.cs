using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Server;

internal sealed partial class RequestDispatcher
{
    [LoggerMessage(EventId = 1020, Level = LogLevel.Error, Message = "A request failed inside the gateway, outside of any exchange")]
    private partial void LogFailed(Exception exception);
}
