using System.Collections.Immutable;

namespace Gatehouse.Gateway.Configuration;

/// <summary>The keys that are read once at start, because sockets, exporters and files made then can't be changed under running exchanges.</summary>
internal static class RestartKeys
{
    private static readonly (string Key, Func<GatehouseConfig, string> Value)[] _all =
    [
        ("listen", c => string.Join(' ', c.Listen)),
        ("allowRemote", c => c.AllowRemote.ToString()),
        ("limits.maxHeaderBytes", c => c.Limits.MaxHeaderBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("telemetry.otlpEndpoint", c => c.Telemetry.OtlpEndpoint?.AbsoluteUri ?? ""),
        ("telemetry.serviceName", c => c.Telemetry.ServiceName),
        ("ledger.syncMilliseconds", c => c.Ledger.Sync.ToString()),
        ("ledger.segmentBytes", c => c.Ledger.SegmentBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ];

    /// <summary>Every such key, for the documentation.</summary>
    public static IEnumerable<string> All => _all.Select(k => k.Key);

    /// <summary>Those whose value differs from the one that the process started with.</summary>
    public static ImmutableArray<string> Changed(GatehouseConfig atStart, GatehouseConfig now) =>
        [.. _all.Where(k => k.Value(atStart) != k.Value(now)).Select(k => k.Key)];
}
