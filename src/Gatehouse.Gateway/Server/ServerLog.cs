using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// What the server underneath may log: warnings and worse, whatever level the rest is set to. Below that it prints paths with their
/// queries, and the very bytes of requests that it can't parse, tokens included; it quotes those only where Information is enabled.
/// Thread-safe.
/// </summary>
internal sealed class ServerLog(ILoggerFactory inner) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Held(inner.CreateLogger(categoryName));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>Does nothing: the log belongs to whoever made it.</summary>
    public void Dispose()
    {
        // The log outlives the server.
    }

    private sealed class Held(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
