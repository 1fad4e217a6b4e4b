using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Exchanges;

internal sealed partial class ExchangeHandler
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Error, Message = "Exchange {Exchange} failed inside the gateway")]
    private partial void LogFailed(Guid exchange, Exception exception);
}
