using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Configuration;

public sealed partial class ConfigSource
{
    [LoggerMessage(1400, LogLevel.Information, "Configuration reloaded from {Path}: {Providers} providers, {Rules} model rules.")]
    private partial void LogReloaded(string path, int providers, int rules);

    [LoggerMessage(1401, LogLevel.Error, "Configuration {Path} changed but is not good; the one in force is kept.\n{Problems}")]
    private partial void LogKept(string path, string problems);

    [LoggerMessage(1402, LogLevel.Warning, "Changed keys take effect only after a restart: {Keys}.")]
    private partial void LogNeedsRestart(string keys);

    [LoggerMessage(1403, LogLevel.Error, "Looking at the configuration file failed; the configuration in force is kept.")]
    private partial void LogPollFailed(Exception e);

    [LoggerMessage(1404, LogLevel.Error, "A part of the program failed to follow the new configuration.")]
    private partial void LogSubscriberFailed(Exception e);
}
