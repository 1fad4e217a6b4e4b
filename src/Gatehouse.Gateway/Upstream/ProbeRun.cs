using System.Collections.Frozen;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Asks providers about keys from a process that serves nothing: the command line. The same questions, addresses and deadlines as a server's. Dispose of
/// it to close its connections. Thread-safe.
/// </summary>
public sealed class ProbeRun : IDisposable
{
    private readonly HttpUpstream _http;

    /// <summary>Prepares; nothing is connected to yet.</summary>
    /// <param name="privateHosts">The hosts in private networks that users' own credentials may be for.</param>
    /// <param name="find">Finds a configured provider by its name.</param>
    public ProbeRun(FrozenSet<string> privateHosts, Func<string, Provider?> find)
    {
        _http = new HttpUpstream(new AddressGuard(static () => []), new UpstreamHealth(TimeProvider.System));
        Probes = new KeyProbe(_http, () => privateHosts, find, _http.Forget).Probes;
    }

    /// <summary>The questions.</summary>
    public KeyProbes Probes { get; }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
