using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Gateway.Upstream;

/// <summary>What connecting to an address would mean.</summary>
internal enum AddressKind : byte
{
    /// <summary>The open internet: TLS only.</summary>
    Public,

    /// <summary>This machine; reached only by providers that allow private networks.</summary>
    Loopback,

    /// <summary>A private, shared, reserved, documentation or benchmark range; reached like loopback.</summary>
    Private,

    /// <summary>Link-local, cloud metadata, multicast, unspecified: nothing there serves models, and much hands out keys. Never reached.</summary>
    Forbidden,
}

/// <summary>Sorts addresses by the IANA special-purpose registries (RFC 6890 and its updates). Stateless and thread-safe.</summary>
internal static class AddressKinds
{
    private static readonly (IPNetwork Range, AddressKind Kind)[] Ranges =
    [
        // Metadata services outside the link-local range: AWS and GCP over IPv6, Alibaba, Oracle, Azure's wire server, Scaleway.
        (IPNetwork.Parse("fd00:ec2::/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("fd20:ce::/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("fd00:42::/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("100.100.100.200/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("192.0.0.192/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("168.63.129.16/32"), AddressKind.Forbidden),

        (IPNetwork.Parse("0.0.0.0/8"), AddressKind.Forbidden),
        (IPNetwork.Parse("169.254.0.0/16"), AddressKind.Forbidden),
        (IPNetwork.Parse("224.0.0.0/4"), AddressKind.Forbidden),
        (IPNetwork.Parse("255.255.255.255/32"), AddressKind.Forbidden),
        (IPNetwork.Parse("::/128"), AddressKind.Forbidden),
        (IPNetwork.Parse("fe80::/10"), AddressKind.Forbidden),
        (IPNetwork.Parse("ff00::/8"), AddressKind.Forbidden),

        (IPNetwork.Parse("127.0.0.0/8"), AddressKind.Loopback),
        (IPNetwork.Parse("::1/128"), AddressKind.Loopback),

        (IPNetwork.Parse("10.0.0.0/8"), AddressKind.Private),
        (IPNetwork.Parse("172.16.0.0/12"), AddressKind.Private),
        (IPNetwork.Parse("192.168.0.0/16"), AddressKind.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressKind.Private),
        (IPNetwork.Parse("192.0.0.0/24"), AddressKind.Private),
        (IPNetwork.Parse("192.0.2.0/24"), AddressKind.Private),
        (IPNetwork.Parse("192.88.99.0/24"), AddressKind.Private),
        (IPNetwork.Parse("198.18.0.0/15"), AddressKind.Private),
        (IPNetwork.Parse("198.51.100.0/24"), AddressKind.Private),
        (IPNetwork.Parse("203.0.113.0/24"), AddressKind.Private),
        (IPNetwork.Parse("240.0.0.0/4"), AddressKind.Private),
        (IPNetwork.Parse("fc00::/7"), AddressKind.Private),
        (IPNetwork.Parse("fec0::/10"), AddressKind.Private),
        (IPNetwork.Parse("2001:db8::/32"), AddressKind.Private),
        (IPNetwork.Parse("3fff::/20"), AddressKind.Private),
        (IPNetwork.Parse("2001:2::/48"), AddressKind.Private),
        (IPNetwork.Parse("2001:10::/28"), AddressKind.Private),
        (IPNetwork.Parse("2001:20::/28"), AddressKind.Private),
        (IPNetwork.Parse("100::/64"), AddressKind.Private),
        (IPNetwork.Parse("5f00::/16"), AddressKind.Private),
        (IPNetwork.Parse("64:ff9b:1::/48"), AddressKind.Private),
    ];

    /// <summary>Sorts an address; one that carries an IPv4 address inside counts as the stricter of the two.</summary>
    public static AddressKind Of(IPAddress address)
    {
        var kind = InRanges(address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return kind;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);

        // A mapped address is connected to as the IPv4 one inside; the bare form below ::/96 is its deprecated ancestor.
        if (address.IsIPv4MappedToIPv6) return InRanges(address.MapToIPv4());
        if (!bytes[..12].ContainsAnyExcept((byte)0))
            return kind != AddressKind.Public ? kind : Stricter(AddressKind.Private, Inside(bytes[12..]));
        if (bytes.StartsWith<byte>([0x00, 0x64, 0xff, 0x9b])) return Stricter(kind, Inside(bytes[12..]));
        if (bytes.StartsWith<byte>([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0])) return Stricter(kind, Inside(bytes[12..]));
        if (bytes.StartsWith<byte>([0x20, 0x02])) return Stricter(kind, Inside(bytes[2..6]));
        if (bytes.StartsWith<byte>([0x20, 0x01, 0, 0])) return Stricter(Stricter(kind, Inside(bytes[4..8])), Inside(Inverted(bytes[12..])));
        return bytes[8..12] is [0x00 or 0x02, 0x00, 0x5e, 0xfe] ? Stricter(kind, Inside(bytes[12..])) : kind;
    }

    private static AddressKind InRanges(IPAddress address)
    {
        foreach (var (range, kind) in Ranges)
        {
            if (range.Contains(address)) return kind;
        }

        return AddressKind.Public;
    }

    private static AddressKind Inside(ReadOnlySpan<byte> v4) => InRanges(new IPAddress(v4));

    // Teredo stores the client's address with every bit flipped (RFC 4380 §4).
    private static byte[] Inverted(ReadOnlySpan<byte> v4) => [(byte)~v4[0], (byte)~v4[1], (byte)~v4[2], (byte)~v4[3]];

    private static AddressKind Stricter(AddressKind a, AddressKind b) => (AddressKind)Math.Max((byte)a, (byte)b);
}
