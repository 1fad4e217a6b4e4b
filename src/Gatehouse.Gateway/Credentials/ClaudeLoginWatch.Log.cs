using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Credentials;

internal sealed partial class ClaudeLoginWatch
{
    [LoggerMessage(3121, LogLevel.Warning, "Provider {Provider} is to be called with the login of the claude program, and can't be: {Problem}")]
    private partial void LogProblem(string provider, string problem);

    [LoggerMessage(3122, LogLevel.Information, "Provider {Provider} is called with the login of the claude program, which is good until {End:yyyy-MM-dd HH:mm} UTC.")]
    private partial void LogGood(string provider, DateTimeOffset end);

    [LoggerMessage(3123, LogLevel.Information, "Provider {Provider} is called with the login of the claude program.")]
    private partial void LogLasting(string provider);
}
