using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// Sends metrics and traces to a collector by OTLP while it lives. Runs on threads of its own; a collector that does not answer costs
/// requests nothing. Owned by the host; disposing it sends what is left.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>The variable that switches the export on when the configuration names no collector.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>How long shutting down waits for a collector to take the metrics and the traces.</summary>
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(3);

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;
    private readonly ExportTrouble _trouble;

    private OtlpExport(MeterProvider metrics, TracerProvider traces, ExportTrouble trouble) => (_metrics, _traces, _trouble) = (metrics, traces, trouble);

    /// <summary>
    /// Starts the export, or returns null when neither the configuration nor the environment names a collector. The other
    /// <c>OTEL_*</c> variables (headers, protocol, intervals, resource attributes) are read by the SDK.
    /// </summary>
    /// <param name="endpoint">
    /// The collector's base address from the configuration: spoken to by OTLP over HTTP unless the protocol variable says <c>grpc</c>.
    /// </param>
    /// <param name="serviceName">The name under which this gateway reports.</param>
    /// <param name="logging">Where it is said that the collector takes nothing.</param>
    /// <param name="time">The clock.</param>
    public static OtlpExport? Start(Uri? endpoint, string serviceName, ILoggerFactory logging, TimeProvider time) =>
        endpoint is null && string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(EndpointVariable))
            ? null
            : Build(endpoint, serviceName, logging, time);

    /// <summary>Sends what has been gathered so far; false when the collector did not take it in time.</summary>
    public bool Flush(TimeSpan within)
    {
        var milliseconds = (int)within.TotalMilliseconds;
        return _traces.ForceFlush(milliseconds) & _metrics.ForceFlush(milliseconds);
    }

    /// <summary>Sends what is left, for three seconds at most, and stops.</summary>
    public void Dispose()
    {
        Stop(s_last);
        _metrics.Dispose();
        _traces.Dispose();
        _trouble.Dispose();
    }

    /// <summary>Sends what is left, metrics and traces at once, so that a collector that hangs costs the time but once; false when it did not take both.</summary>
    internal bool Stop(TimeSpan within)
    {
        var milliseconds = (int)within.TotalMilliseconds;
        var traces = Task.Run(() => _traces.Shutdown(milliseconds));
#pragma warning disable RS0030 // The SDK's end is synchronous, and so this is; by then no stream runs that could be stalled.
        return _metrics.Shutdown(milliseconds) & traces.GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    // Apart, so that a gateway without a collector does not load the SDK: a method's types are loaded before it runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Build(Uri? endpoint, string serviceName, ILoggerFactory logging, TimeProvider time)
    {
        var version = typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var resource = ResourceBuilder.CreateDefault().AddService(serviceName, serviceVersion: version);
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(MeterInstruments.MeterName)
            .AddOtlpExporter(options => Configure(options, endpoint, "v1/metrics"))
            .Build();
        var traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(ExchangeTrace.SourceName)
            .AddOtlpExporter(options => Configure(options, endpoint, "v1/traces"))
            .Build();
        return new OtlpExport(metrics, traces, new ExportTrouble(logging.CreateLogger<ExportTrouble>(), time));
    }

    private static void Configure(OtlpExporterOptions options, Uri? endpoint, string signal)
    {
        var protocol = Environment.GetEnvironmentVariable(ProtocolVariable);
        var grpc = string.Equals(protocol, "grpc", StringComparison.OrdinalIgnoreCase);

        // The conventions' default is HTTP; this SDK's is gRPC.
        if (!grpc) options.Protocol = OtlpExportProtocol.HttpProtobuf;
        if (endpoint is null)
        {
            // Setting an endpoint in code switches off the signal's path, so the variable is left to the SDK.
            return;
        }

        options.Endpoint = grpc ? endpoint : new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + signal);
    }
}
