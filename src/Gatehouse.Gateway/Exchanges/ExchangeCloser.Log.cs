using Gatehouse.Gateway.Metering;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Exchanges;

internal sealed partial class ExchangeCloser
{
    [LoggerMessage(EventId = 1010, Level = LogLevel.Debug, Message = "{Exchange} {Operation} {Model} by {Provider}: ok in {Milliseconds} ms")]
    private partial void LogOk(Guid exchange, ExchangeOperation operation, string? model, string? provider, long? milliseconds);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Information, Message = "{Exchange} {Operation} {Model} by {Provider}: {Status} {End} {Error}")]
    private partial void LogNotOk(
        Guid exchange, ExchangeOperation operation, string? model, string? provider, int? status, ExchangeEnd end, string? error);
}
