using System.Net.Sockets;

namespace Gatehouse.Gateway.Sockets;

/// <summary>What Linux's error numbers mean. The platform has the same table, and does not lend it.</summary>
internal static class SocketErrors
{
    /// <summary>The exception for an error number.</summary>
    public static SocketException Of(int error) => new((int)(error switch
    {
        11 or 115 => SocketError.WouldBlock,
        1 or 13 => SocketError.AccessDenied,
        32 => SocketError.Shutdown,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        105 => SocketError.NoBufferSpaceAvailable,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    }));
}
