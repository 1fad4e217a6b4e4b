using System.Collections.Concurrent;
using System.Diagnostics;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>The spans of the gateway and of the server underneath while it lives: name, tags and events as text. The runtime's own are nobody's but a debugger's.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Gatehouse" || source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _lines.Enqueue(
                $"{span.Source.Name} {span.DisplayName} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events)} {span.StatusDescription}"),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<string> Lines => _lines;

    public void Dispose() => _listener.Dispose();
}
