using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Telemetry;

internal sealed partial class ExportTrouble
{
    [LoggerMessage(3201, LogLevel.Warning, "The OpenTelemetry collector does not take what is sent to it ({Reason}). It goes on being tried; this is said once an hour at most.")]
    private partial void LogNotTaken(string reason);
}
