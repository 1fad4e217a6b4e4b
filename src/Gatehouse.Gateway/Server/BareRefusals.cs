using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Exchanges;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// Puts words into what Kestrel refuses by itself, before any code of ours has seen the request: broken HTTP, heads that are too large or too slow. It answers them with a
/// status alone and tells of them in one diagnostic event first; there the connection is handed the same status with an error in the caller's likely dialect, to be sent
/// instead. Over the platform's sockets the status stays bare. Thread-safe.
/// </summary>
/// <param name="maxHeaderBytes">The limit that is told.</param>
/// <param name="headersWithin">The time that is told.</param>
/// <param name="time">The clock.</param>
internal sealed class BareRefusals(int maxHeaderBytes, TimeSpan headersWithin, TimeProvider time) : DiagnosticSource
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <inheritdoc/>
    public override bool IsEnabled(string name) => name == Event;

    /// <inheritdoc/>
    [RequiresUnreferencedCode("Declared so by the platform; nothing is reflected on here.")]
    public override void Write(string name, object? value)
    {
        if (value is not IFeatureCollection features || features.Get<IRefusable>() is not { } connection) return;
        if (features.Get<IHttpResponseFeature>() is not { HasStarted: false } response || features.Get<IHttpRequestFeature>() is not { } request) return;
        // The answer to HEAD has no body.
        if (request.Method != HttpMethods.Head) connection.RefuseWith(Answer(response.StatusCode, Path(request, connection), request.Headers));
    }

    /// <summary>The path as far as it was read: of a line that is refused as a whole, from the bytes themselves.</summary>
    private static string Path(IHttpRequestFeature request, IRefusable connection)
    {
        if (!string.IsNullOrEmpty(request.Path)) return request.Path;
        var line = connection.Held;
        var start = line.IndexOf((byte)' ') + 1;
        var end = line[start..].IndexOfAny(" ?\r\n"u8);
        return Encoding.Latin1.GetString(end < 0 ? line[start..] : line.Slice(start, end));
    }

    private byte[] Answer(int status, string path, IHeaderDictionary headers)
    {
        var error = new DialectError(ErrorKind.InvalidRequest, status switch
        {
            StatusCodes.Status408RequestTimeout => string.Create(CultureInfo.InvariantCulture, $"The request's headers were not whole after {headersWithin.TotalSeconds:0.###} seconds."),
            StatusCodes.Status414UriTooLong => "The request line is longer than 16 KB.",
            StatusCodes.Status431RequestHeaderFieldsTooLarge => string.Create(
                CultureInfo.InvariantCulture, $"The request's headers are larger than {maxHeaderBytes} bytes in all (limits.maxHeaderBytes), or more than {KestrelHost.MostHeaders}."),
            StatusCodes.Status505HttpVersionNotsupported => "Gatehouse is spoken to over HTTP/1.1.",
            _ => "This is not a request as HTTP/1.1 has it: a line is malformed, Host is missing or doubled, or lengths contradict each other.",
        });
        var body = new ArrayBufferWriter<byte>(256);
        DialectErrors.WriteBody(body, SystemEndpoints.DialectOf(headers, path), error, requestId: null);
        var answer = new ArrayBufferWriter<byte>(512);
        Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Length: {body.WrittenCount}\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + $"Date: {time.GetUtcNow():R}\r\n{ErrorReply.ErrorHeader}: {ErrorReply.WordOf(error)}\r\n\r\n",
            answer);
        answer.Write(body.WrittenSpan);
        return answer.WrittenSpan.ToArray();
    }
}

/// <summary>A connection on which the server's bare refusal can be replaced.</summary>
internal interface IRefusable
{
    /// <summary>What is still held of what was received: mostly the request from its first byte on.</summary>
    ReadOnlySpan<byte> Held { get; }

    /// <summary>Sends this in the place of the answer that the server writes next.</summary>
    void RefuseWith(byte[] answer);
}
