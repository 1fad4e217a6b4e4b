using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Upstream;

/// <summary>Why a call brought no answer. Nothing of it was seen by the client yet.</summary>
internal enum UpstreamFault : byte
{
    /// <summary>There is an answer.</summary>
    None,

    /// <summary>The address is in a range that this provider may not be connected to, or it is our own.</summary>
    AddressRefused,

    /// <summary>The name did not resolve.</summary>
    NameNotResolved,

    /// <summary>No connection could be made.</summary>
    ConnectFailed,

    /// <summary>TLS could not be agreed.</summary>
    TlsFailed,

    /// <summary>The connection was lost before any byte of an answer.</summary>
    ConnectionLost,

    /// <summary>The answer was not HTTP.</summary>
    Protocol,

    /// <summary>A deadline passed.</summary>
    Timeout,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>An upstream's answer with its headers read and its body still to come. Disposing it ends the call, at once if the body is not finished.</summary>
internal abstract class UpstreamAnswer : IAsyncDisposable
{
    /// <summary>The HTTP status.</summary>
    public abstract int Status { get; }

    /// <summary>The media type without parameters, lower case, or null.</summary>
    public abstract string? MediaType { get; }

    /// <summary>The content coding, lower case, or null when there is none.</summary>
    public abstract string? ContentEncoding { get; }

    /// <summary>The length of the body as declared, or null.</summary>
    public abstract long? ContentLength { get; }

    /// <summary>The upstream's own request id (<c>request-id</c> or <c>x-request-id</c>), or null.</summary>
    public abstract string? RequestId { get; }

    /// <summary>Whether how the call fared says nothing about the provider; see <see cref="UpstreamRequest.SaysNothing"/>.</summary>
    public bool SaysNothing { get; init; }

    /// <summary>What the upstream itself had no place for, ids separated by commas; null when nothing, and always over HTTP.</summary>
    public string? Losses { get; init; }

    /// <summary>How long the call waited for its turn at an upstream that runs few at once; null where there is nothing to wait for.</summary>
    public TimeSpan? Queued { get; init; }

    /// <summary>The body's bytes as they arrive. Throws <see cref="IOException"/> (or <see cref="HttpRequestException"/>) when the upstream breaks off.</summary>
    public abstract Stream Body { get; }

    /// <summary>Copies the headers that may pass to the client; the lent secret, should it occur in one, is masked.</summary>
    public abstract void CopyHeadersTo(IHeaderDictionary headers);

    /// <summary>
    /// Notes that the body broke off, fell silent or carried an error, so that the call counts against the provider's health. An answer
    /// that is disposed of without it counts as a good one by its status: headers alone prove little of a provider that streams.
    /// </summary>
    /// <param name="kind">A word for the cause, such as <c>upstream_reset</c>.</param>
    public virtual void BrokeOff(string kind)
    {
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>What a call came to.</summary>
/// <param name="Answer">The answer, when <paramref name="Fault"/> is None.</param>
/// <param name="Fault">Why there is none.</param>
/// <param name="Detail">Words for the error message; names no secret.</param>
/// <param name="Tries">How often the request was sent: 2 when the first connection was lost before any byte of an answer.</param>
internal readonly record struct UpstreamOutcome(UpstreamAnswer? Answer, UpstreamFault Fault, string? Detail, int Tries = 1);

/// <summary>Something that answers attempts in an upstream dialect: a provider over HTTP, or a program. Implementations are thread-safe.</summary>
internal interface IUpstream
{
    /// <summary>Sends one attempt and returns when the answer's headers are there. Cancelling ends the call at once.</summary>
    ValueTask<UpstreamOutcome> SendAsync(UpstreamRequest request, CancellationToken cancellation);
}
