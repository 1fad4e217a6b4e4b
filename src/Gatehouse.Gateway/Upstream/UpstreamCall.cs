using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>The HTTP message of one try. It notes when the answer begins, because only a try without any answer may be repeated.</summary>
internal sealed class UpstreamCall : HttpRequestMessage, IHeaderSink
{
    public UpstreamCall(HttpMethod method, Uri address, bool http2)
        : base(method, address)
    {
        Version = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        VersionPolicy = http2 ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact;
    }

    /// <summary>Whether a header of the answer was read. The handler tells of no earlier sign; a cut inside the status line counts as none.</summary>
    public bool AnswerStarted { get; private set; }

    /// <summary>Ends when nobody reads the request's body any more.</summary>
    public Task Sent => (Content as UpstreamBody)?.Sent ?? Task.CompletedTask;

    /// <summary>Latin-1 both ways: header bytes pass as they are, where the platform's default throws at the first <c>é</c>.</summary>
    public static Encoding RequestEncoding(string name, HttpRequestMessage call) => Encoding.Latin1;

    /// <summary>Called by the handler for each header that it reads.</summary>
    public static Encoding ResponseEncoding(string name, HttpRequestMessage call)
    {
        if (call is UpstreamCall { AnswerStarted: false } started) started.AnswerStarted = true;
        return Encoding.Latin1;
    }

    /// <inheritdoc/>
    public void Add(RequestHeaderName name, StringValues values)
    {
        if (values.Count == 1)
        {
            // Refused there when it describes the content (content-type, content-language …).
            if (!Headers.TryAddWithoutValidation(name.Text, values[0])) Content?.Headers.TryAddWithoutValidation(name.Text, values[0]);
        }
        else if (!Headers.TryAddWithoutValidation(name.Text, (IEnumerable<string?>)values))
        {
            Content?.Headers.TryAddWithoutValidation(name.Text, (IEnumerable<string?>)values);
        }
    }
}
