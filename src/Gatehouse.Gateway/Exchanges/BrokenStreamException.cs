namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Leaves the handler when an answer that has begun can't be finished. Kestrel then sends what was flushed and closes the connection without
/// the terminal chunk, so no client can take the answer for a whole one. Aborting the connection instead loses the last flushed event in most
/// runs. It is the one exception used as a signal; its entry in the server's log is filtered out, the exchange's own line tells the reason.
/// </summary>
public sealed class BrokenStreamException : Exception
{
    /// <summary>Creates the signal.</summary>
    public BrokenStreamException()
        : base("The answer could not be finished; the connection is closed on purpose.")
    {
    }
}
