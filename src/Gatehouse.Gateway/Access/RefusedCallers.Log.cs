using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Access;

internal sealed partial class RefusedCallers
{
    [LoggerMessage(3131, LogLevel.Warning, "A caller was refused with {Status}: {Reason}")]
    private partial void LogRefused(int status, string reason);

    [LoggerMessage(3132, LogLevel.Warning, "A caller was refused with {Status}: {Reason} (and {Count} more for this since the last line)")]
    private partial void LogRefusedAgain(int status, string reason, long count);
}
