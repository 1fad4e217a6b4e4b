using Microsoft.Extensions.Logging;

namespace Gatehouse.Logs;

/// <summary>
/// The log: one line per entry on standard error. A factory of its own, for the framework's brings options, scopes and a queue that a
/// gateway neither needs nor wants to wait for at start. Thread-safe.
/// </summary>
/// <param name="output">Where lines go; must be safe for several threads, as the console's writers are.</param>
/// <param name="minimum">Entries below it are dropped.</param>
/// <param name="time">The clock.</param>
internal sealed class LineLogging(TextWriter output, LogLevel minimum, TimeProvider time) : ILoggerFactory
{
    // The framework's Information lines print paths with their queries, and one per request is one too many.
    private const string Framework = "Microsoft.";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        var least = categoryName.StartsWith(Framework, StringComparison.Ordinal) && minimum < LogLevel.Warning ? LogLevel.Warning : minimum;
        return new LineLogger(output, categoryName[(categoryName.LastIndexOf('.') + 1)..], least, time);
    }

    /// <summary>Other providers are not taken: there is one log.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one log.");

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lines are written as they come; there is nothing to give back.
    }
}
