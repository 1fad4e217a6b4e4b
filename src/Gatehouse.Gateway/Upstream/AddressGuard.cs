using System.Net;
using System.Net.NetworkInformation;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Decides which addresses upstream calls may reach. It judges the address that is about to be connected to, after resolution, so a name
/// that resolves differently the second time (DNS rebinding) gains nothing. Thread-safe.
/// </summary>
/// <remarks>
/// Private networks are opened per provider by its configuration. Link-local addresses and the clouds' metadata services stay closed even
/// then: no model is served there, and a single answer from one hands out the machine's credentials. Our own listening addresses are
/// always refused: a gateway that calls itself never ends.
/// </remarks>
internal sealed class AddressGuard
{
    private static readonly TimeSpan InterfacesKept = TimeSpan.FromSeconds(30);
    private readonly Func<IReadOnlyList<IPEndPoint>> _ownEndpoints;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly TimeProvider _time;
    private Interfaces? _interfaces;

    /// <summary>Makes a guard.</summary>
    /// <param name="ownEndpoints">The addresses that this process listens on; asked at every new connection, so they may come later.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resolve">
    /// Turns a name into addresses; the system's resolver when null. Throws <see cref="System.Net.Sockets.SocketException"/>.
    /// </param>
    public AddressGuard(
        Func<IReadOnlyList<IPEndPoint>> ownEndpoints,
        TimeProvider? time = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _ownEndpoints = ownEndpoints;
        _time = time ?? TimeProvider.System;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
    }

    /// <summary>The addresses of a host, unjudged.</summary>
    internal Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) =>
        IPAddress.TryParse(host, out var literal) ? Task.FromResult<IPAddress[]>([literal]) : _resolve(host, cancellation);

    /// <summary>Why an address may not be connected to, in words; null when it may.</summary>
    internal string? Refuse(IPAddress address, int port, bool https, bool allowPrivateNetwork)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var kind = AddressKinds.Of(address);
        if (kind == AddressKind.Forbidden) return "it is a link-local, metadata, multicast or unspecified address";
        if (IsOurOwn(address, port)) return "it is Gatehouse's own address";
        if (!https && kind != AddressKind.Loopback) return "it is not this machine's, and everywhere else https is required";
        if (kind != AddressKind.Public && !allowPrivateNetwork)
            return "it is in a private or reserved range; set allowPrivateNetwork for this provider if that is meant";
        return null;
    }

    private bool IsOurOwn(IPAddress address, int port)
    {
        foreach (var own in _ownEndpoints())
        {
            // Any local address will do on our port: which of them a wildcard bind answers on is not worth telling apart.
            if (own.Port == port && (own.Address.Equals(address) || IPAddress.IsLoopback(address) || IsLocal(address))) return true;
        }

        return false;
    }

    private bool IsLocal(IPAddress address)
    {
        var known = Volatile.Read(ref _interfaces);
        if (known is null || _time.GetElapsedTime(known.ReadAt) > InterfacesKept)
        {
            // Listing interfaces takes about a millisecond and happens only when the ports agree.
            known = new Interfaces(_time.GetTimestamp(), [.. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(n => n.GetIPProperties().UnicastAddresses)
                .Select(u => u.Address)]);
            Volatile.Write(ref _interfaces, known);
        }

        return known.Addresses.Contains(address);
    }

    private sealed record Interfaces(long ReadAt, HashSet<IPAddress> Addresses);
}
