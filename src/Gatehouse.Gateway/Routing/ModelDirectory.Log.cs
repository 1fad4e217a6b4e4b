using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Routing;

internal sealed partial class ModelDirectory
{
    [LoggerMessage(1420, LogLevel.Debug, "Provider {Provider} lists {Count} models.")]
    private partial void LogListed(string provider, int count);

    [LoggerMessage(1421, LogLevel.Warning, "Provider {Provider} could not be asked for its models ({Reason}); its last list is kept.")]
    private partial void LogListFailed(string provider, string reason);
}
