using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Conversations;

internal sealed partial class ReasoningStore
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "What models thought before {Count} tool calls of chat clients could not be stored, and is lost at a restart: {Reason}")]
    private partial void LogNotStored(int count, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What a model thought before earlier tool calls could not be looked up, and is left out: {Reason}")]
    private partial void LogNotFound(string reason);
}
