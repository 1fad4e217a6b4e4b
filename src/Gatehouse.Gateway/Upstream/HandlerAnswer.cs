using System.Net;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Upstream;

/// <summary>An answer of the platform's HTTP handler. Header values are read unparsed, so that they reach the client as the upstream wrote them.</summary>
internal sealed class HandlerAnswer(HttpResponseMessage response, ProviderTarget target, LentCredential? credential) : UpstreamAnswer
{
    private int _ended;
    private string? _broke;

    public override int Status => (int)response.StatusCode;

    public override string? MediaType => ResponseHeaders.Text(response.Content.Headers.NonValidated, "content-type") is { } value
        ? MediaTypes.Bare(value) : null;

    public override string? ContentEncoding => MediaTypes.Coding(ResponseHeaders.Text(response.Content.Headers.NonValidated, "content-encoding"));

    public override long? ContentLength => response.Content.Headers.ContentLength;

    public override string? RequestId => ResponseHeaders.Text(response.Headers.NonValidated, "request-id")
        ?? ResponseHeaders.Text(response.Headers.NonValidated, "x-request-id");

    public override Stream Body { get; } = BodyOf(response);

    public override void CopyHeadersTo(IHeaderDictionary headers) => ResponseHeaders.Copy(response, credential, headers);

    public override void BrokeOff(string kind) => _broke = kind;

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return ValueTask.CompletedTask;

        // Closes the connection unless the body was read to its end.
        response.Dispose();
        target.Answered(Status, _broke, SaysNothing);
        return ValueTask.CompletedTask;
    }

    private static Stream BodyOf(HttpResponseMessage response)
    {
        var body = response.Content.ReadAsStream();

        // Of an answer that has no body, the length is that of another one (RFC 9110 §8.6).
        return response.Content.Headers.ContentLength is { } length && response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified)
            ? new DeclaredBody(body, length)
            : body;
    }
}
