using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Upstream;

/// <summary>An answer over HTTP. Header values are read unparsed, so that they reach the client as the upstream wrote them.</summary>
internal sealed class HttpUpstreamAnswer(HttpResponseMessage response, ProviderTarget target, LentCredential? credential) : UpstreamAnswer
{
    private int _ended;
    private string? _broke;

    public override int Status => (int)response.StatusCode;

    public override string? MediaType => ResponseHeaders.Text(response.Content.Headers.NonValidated, "content-type") is { } value
        ? Bare(value) : null;

    public override string? ContentEncoding => ResponseHeaders.Text(response.Content.Headers.NonValidated, "content-encoding") is { } value
        && Bare(value) is { Length: > 0 } coding and not "identity" ? coding : null;

    public override long? ContentLength => response.Content.Headers.ContentLength;

    public override string? RequestId => ResponseHeaders.Text(response.Headers.NonValidated, "request-id")
        ?? ResponseHeaders.Text(response.Headers.NonValidated, "x-request-id");

    public override Stream Body { get; } = response.Content.ReadAsStream();

    public override void CopyHeadersTo(IHeaderDictionary headers) => ResponseHeaders.Copy(response, credential, headers);

    public override void BrokeOff(string kind) => _broke = kind;

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return ValueTask.CompletedTask;

        // Closes the connection unless the body was read to its end.
        response.Dispose();
        target.Connections.Exit();
        if (_broke is null) target.Health.Answered(Status);
        else target.Health.Failed(_broke);
        return ValueTask.CompletedTask;
    }

    private static string Bare(string value)
    {
        var end = value.IndexOf(';', StringComparison.Ordinal);
        var bare = (end < 0 ? value.AsSpan() : value.AsSpan(0, end)).Trim();
        if (bare.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return "application/json";
        if (bare.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)) return "text/event-stream";
        return bare.ToString().ToLowerInvariant();
    }
}
