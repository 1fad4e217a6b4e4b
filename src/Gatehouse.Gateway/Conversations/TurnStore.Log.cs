using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Conversations;

internal sealed partial class TurnStore
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A response could not be stored, so that it can't be continued after a restart: {Reason}")]
    private partial void LogNotStored(string reason);
}
