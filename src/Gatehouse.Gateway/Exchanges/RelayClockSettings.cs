using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>What a relay's clock goes by.</summary>
/// <param name="Ticker">What wakes it.</param>
/// <param name="Deadlines">The provider's deadlines.</param>
/// <param name="KeepAlive">How long the client may hear nothing before a keep-alive is sent.</param>
/// <param name="Started">Time stamp of the attempt's start; the total deadline counts from it.</param>
/// <param name="Right">Whether the caller's token still lets it go on.</param>
/// <param name="Gate">Says when the server stops and the time is up; null where nothing does.</param>
internal readonly record struct RelayClockSettings(
    RelayTicker Ticker, ProviderDeadlines Deadlines, TimeSpan KeepAlive, long Started, TokenRight Right = default, ExchangeGate? Gate = null)
{
    /// <summary>Whether the server stops and the time is up.</summary>
    public bool IsTimeUp => Gate is { IsTimeUp: true };
}
