using System.Net.Sockets;
using System.Security.Authentication;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>Reads what a failed try came to. The words name hosts and causes, never a header or a key. Stateless.</summary>
internal static class UpstreamFaults
{
    /// <summary>How long the headers of an answer are waited for: the whole call may be allowed less than its first byte.</summary>
    public static TimeSpan MostWait(ProviderDeadlines deadlines) => deadlines.FirstByte < deadlines.Total ? deadlines.FirstByte : deadlines.Total;

    /// <summary>A call that its caller ended.</summary>
    public static UpstreamOutcome Cancelled() => new(null, UpstreamFault.Cancelled, "The caller ended the call.");

    /// <summary>A call whose answer did not begin in time.</summary>
    public static UpstreamOutcome NoAnswer(UpstreamRequest request, Uri address) =>
        new(null, UpstreamFault.Timeout, $"{address.Authority} gave no answer within {Seconds(MostWait(request.Provider.Deadlines))}.");

    /// <summary>A call of this fault, in words that need no cause.</summary>
    public static UpstreamOutcome Of(UpstreamFault fault, Uri address) => new(null, fault, Words(fault, null, address));

    /// <summary>The fault for an exception of the HTTP handler.</summary>
    public static UpstreamOutcome Read(Exception error, in CallDeadline deadline, UpstreamRequest request, Uri address)
    {
        if (deadline.CallerLeft) return Cancelled();
        if (deadline.Passed) return NoAnswer(request, address);
        if (Early(error, request, address) is { } early) return early;
        var fault = Kind(error);
        return new(null, fault, Words(fault, error, address));
    }

    /// <summary>The fault for an exception while a connection was made; of the deadlines only the connect step's may have passed.</summary>
    public static UpstreamOutcome NotConnected(Exception error, UpstreamRequest request, Uri address)
    {
        if (Early(error, request, address) is { } early) return early;
        var fault = Find<AuthenticationException>(error) is not null ? UpstreamFault.TlsFailed
            : IsNoName(Find<SocketException>(error)?.SocketErrorCode) ? UpstreamFault.NameNotResolved
            : UpstreamFault.ConnectFailed;
        return new(null, fault, Words(fault, error, address));
    }

    private static UpstreamOutcome? Early(Exception error, UpstreamRequest request, Uri address)
    {
        if (Find<AddressRefusedException>(error) is { } refused) return new(null, UpstreamFault.AddressRefused, refused.Message);
        if (error is not OperationCanceledException) return null;
        return new(null, UpstreamFault.Timeout, $"{address.Authority} could not be connected to within {Seconds(request.Provider.Deadlines.Connect)}.");
    }

    private static UpstreamFault Kind(Exception error)
    {
        var socket = Find<SocketException>(error)?.SocketErrorCode;
        return (error as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => UpstreamFault.NameNotResolved,
            HttpRequestError.SecureConnectionError => UpstreamFault.TlsFailed,
            HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError when IsNoName(socket) => UpstreamFault.NameNotResolved,
            HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => UpstreamFault.ConnectFailed,
            HttpRequestError.ResponseEnded => UpstreamFault.ConnectionLost,
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
                or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError => UpstreamFault.Protocol,
            _ when Find<AuthenticationException>(error) is not null => UpstreamFault.TlsFailed,
            _ when IsNoName(socket) => UpstreamFault.NameNotResolved,
            _ when socket is not null || Find<IOException>(error) is not null => UpstreamFault.ConnectionLost,
            _ => UpstreamFault.Protocol,
        };
    }

    private static string Words(UpstreamFault fault, Exception? error, Uri address)
    {
        var at = address.Authority;
        return fault switch
        {
            UpstreamFault.NameNotResolved => $"The name {address.Host} could not be resolved.",
            UpstreamFault.TlsFailed => $"TLS with {at} failed: its certificate is not trusted or no protocol could be agreed.",
            UpstreamFault.ConnectFailed => Find<SocketException>(error) is { } socket
                ? $"No connection to {at}: {Cause(socket.SocketErrorCode)}."
                : $"No connection to {at}.",
            UpstreamFault.ConnectionLost => $"{at} closed the connection before it answered.",
            _ => $"{at} answered with something that is not HTTP.",
        };
    }

    private static string Cause(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "refused",
        SocketError.TimedOut => "timed out",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "unreachable",
        _ => error.ToString(),
    };

    private static bool IsNoName(SocketError? error) => error is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData;

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found) return found;
        }

        return null;
    }
}
