using Microsoft.Extensions.Logging;

namespace Gatehouse.Serve;

internal sealed partial class AnonymousWatch
{
    [LoggerMessage(3141, LogLevel.Warning, "{Warning}")]
    private partial void LogRefused(string warning);
}
