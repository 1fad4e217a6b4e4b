using System.Globalization;
using System.Text;
using Gatehouse.Gateway.Exchanges;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Logs;

/// <summary>
/// Writes one category's entries as lines: time in UTC, level, category, message, and what an exception says. Line breaks within become
/// blanks, so that one entry is one line whatever a peer put into it. Thread-safe.
/// </summary>
internal sealed class LineLogger(TextWriter output, string category, LogLevel minimum, TimeProvider time) : ILogger
{
    private const int MostFrames = 6;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // A stream that is broken off on purpose leaves the handler by this exception, which the server reports as a crash. Its reason was
        // logged where it was known.
        if (!IsEnabled(logLevel) || exception is BrokenStreamException) return;
        var line = new StringBuilder(160);
        line.Append(
            CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm:ss.fff'Z'} {Word(logLevel)} {category}: ");
        Flat(line, formatter(state, exception));
        for (var at = exception; at is not null; at = at.InnerException) Append(line, at);
        try
        {
            output.WriteLine(line.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A terminal that was closed or a full disk: what was logged about goes on.
        }
    }

    private static void Append(StringBuilder line, Exception exception)
    {
        line.Append(" | ").Append(exception.GetType().Name).Append(": ");
        Flat(line, exception.Message);
        if (exception.StackTrace is not { } trace) return;
        foreach (var frame in trace.Split('\n', MostFrames + 1).Take(MostFrames)) Flat(line.Append(' '), frame.Trim());
    }

    private static void Flat(StringBuilder line, string text)
    {
        foreach (var character in text) line.Append(char.IsControl(character) ? ' ' : character);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
