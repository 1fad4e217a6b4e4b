using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Upstream;

internal sealed partial class ProviderHealth
{
    [LoggerMessage(3001, LogLevel.Warning, "Provider {Provider} is failing: {Faults} calls in a row, the last by {Kind}.")]
    private partial void LogFailing(string provider, int faults, string kind);

    [LoggerMessage(3002, LogLevel.Information, "Provider {Provider} answers again.")]
    private partial void LogRecovered(string provider);
}
