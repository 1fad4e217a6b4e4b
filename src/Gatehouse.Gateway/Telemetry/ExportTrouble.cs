using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// Says in the log that a collector does not take what is sent, once an hour at most: the SDK tells only those who listen to its events. Of these the name and an HTTP
/// status are repeated and nothing else, for the rest holds the collector's address, in which there may be a key. Owned by the export; thread-safe.
/// </summary>
/// <param name="logger">The log.</param>
/// <param name="time">The clock.</param>
internal sealed partial class ExportTrouble(ILogger<ExportTrouble> logger, TimeProvider time) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const string BeforeStatus = "does not indicate success: ";
    private const int StatusLength = 3;
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private long? _toldAt;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter) EnableEvents(eventSource, EventLevel.Warning);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_gate)
        {
            if (_toldAt is { } told && time.GetElapsedTime(told) < Silence) return;
            _toldAt = time.GetTimestamp();
        }

        LogNotTaken(Reason(eventData));
    }

    private static string Reason(EventWrittenEventArgs told)
    {
        var name = told.EventName ?? "unknown";
        if (told.Payload is not { Count: > 0 } payload || payload[^1] is not string error) return name;
        var status = error.IndexOf(BeforeStatus, StringComparison.Ordinal) + BeforeStatus.Length;
        return status < BeforeStatus.Length || status + StatusLength > error.Length ? name : $"{name}, {error.AsSpan(status, StatusLength)}";
    }
}
