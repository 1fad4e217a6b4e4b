using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Access;

internal sealed partial class TokenUses
{
    [LoggerMessage(3101, LogLevel.Warning, "The last use of {Count} access tokens could not be written down; the next batch tries again")]
    private partial void LogNotWritten(int count, Exception failure);
}
