using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>What a failed call means to the caller and to the ledger.</summary>
/// <param name="Error">The error in words.</param>
/// <param name="End">The ledger's end.</param>
/// <param name="Type">The ledger's word for it.</param>
internal readonly record struct UpstreamFailure(DialectError Error, ExchangeEnd End, string Type)
{
    /// <summary>For a call that brought no answer. Where a user's own provider is, is sealed with its key: neither host nor cause is named.</summary>
    public static UpstreamFailure Of(UpstreamOutcome outcome, Provider provider)
    {
        if (!provider.IsTenant) return Of(outcome, provider.Name);
        return outcome.Fault == UpstreamFault.AddressRefused
            ? Bad($"The provider of the credential '{provider.Label}' is at an address that Gatehouse will not connect to.", "address_refused", ExchangeEnd.Refused)
            : Of(outcome with { Detail = null }, provider.Label);
    }

    /// <summary>For a call that brought no answer.</summary>
    public static UpstreamFailure Of(UpstreamOutcome outcome, string provider)
    {
        var why = outcome.Detail is { Length: > 0 } detail ? " " + detail : "";
        return outcome.Fault switch
        {
            // What may be done about it, if anything, the cause says.
            UpstreamFault.AddressRefused => Bad(
                $"Provider '{provider}' is at an address that Gatehouse will not connect to.{why}", "address_refused", ExchangeEnd.Refused),
            UpstreamFault.NameNotResolved => Bad($"The host name of provider '{provider}' could not be resolved.{why}", "name_not_resolved"),
            UpstreamFault.ConnectFailed => Bad($"Provider '{provider}' could not be reached.{why}", "connect_failed"),
            UpstreamFault.TlsFailed => Bad($"No secure connection to provider '{provider}' could be made.{why}", "tls_failed"),
            UpstreamFault.ConnectionLost => Bad(
                // An answer that began was not asked for again.
                $"Provider '{provider}' closed the connection before it answered{(outcome.Tries > 1 ? ", twice" : "")}. Trying again later may help.", "upstream_reset"),
            UpstreamFault.Timeout => new(
                new DialectError(ErrorKind.GatewayTimeout, $"Provider '{provider}' did not begin to answer in time.{why}", "upstream_timeout"),
                ExchangeEnd.Timeout,
                "first_byte_timeout"),
            _ => Bad($"The answer of provider '{provider}' could not be understood.{why}", "upstream_protocol"),
        };
    }

    /// <summary>For an answer that began and could not be finished.</summary>
    public static UpstreamFailure Of(RelayEnd end, string provider) => end switch
    {
        RelayEnd.NoTerminal => Bad($"Provider '{provider}' ended its answer before it was complete. Trying again may help.", "upstream_truncated"),
        RelayEnd.IdleTimeout => new(
            new DialectError(ErrorKind.GatewayTimeout, $"Provider '{provider}' fell silent in the middle of its answer.", "upstream_timeout"),
            ExchangeEnd.Timeout,
            "idle_timeout"),
        RelayEnd.TotalTimeout => new(
            new DialectError(ErrorKind.GatewayTimeout, $"The answer of provider '{provider}' took longer than is allowed in all.", "upstream_timeout"),
            ExchangeEnd.Timeout,
            "total_timeout"),
        _ => Bad($"Provider '{provider}' broke off in the middle of its answer. Trying again may help.", "upstream_reset"),
    };

    /// <summary>For an answer that the caller may not have the rest of, because its token was revoked or has expired.</summary>
    public static UpstreamFailure TokenEnded(TokenRight right) => new(
        new DialectError(ErrorKind.Authentication, right.Ended ?? "The Gatehouse token has ended.", "token_ended"), ExchangeEnd.Refused, "token_ended");

    /// <summary>For an answer that Gatehouse itself breaks off because it stops and the time is up.</summary>
    public static UpstreamFailure Stopping { get; } = new(
        new DialectError(ErrorKind.Unavailable, "The gateway is shutting down, and the time that running answers had is up. Try again in a moment.", "shutdown"),
        ExchangeEnd.Interrupted,
        "shutdown");

    /// <summary>For a 2xx answer that is a web page: a wrong base address, or a portal in between.</summary>
    public static UpstreamFailure WebPage(int status, string provider) => Bad(
        $"Provider '{provider}' answered {status} with a web page instead of JSON or an event stream. Check the address in its configuration.",
        "unexpected_content_type");

    private static UpstreamFailure Bad(string message, string type, ExchangeEnd end = ExchangeEnd.UpstreamError) =>
        new(new DialectError(ErrorKind.BadGateway, message, type), end, type);
}
