using System.Globalization;
using System.Text.Json;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>An answer that was made here: an event stream of the program's, or a document.</summary>
internal sealed class CliAnswer : UpstreamAnswer
{
    private readonly Func<ValueTask> _end;
    private readonly IReadOnlyDictionary<string, string> _headers;
    private int _ended;

    private CliAnswer(int status, string mediaType, Stream body, long? length, IReadOnlyDictionary<string, string> headers, Func<ValueTask> end)
    {
        (Status, MediaType, Body, ContentLength, _headers, _end) = (status, mediaType, body, length, headers, end);
    }

    /// <inheritdoc/>
    public override int Status { get; }

    /// <inheritdoc/>
    public override string? MediaType { get; }

    /// <inheritdoc/>
    public override string? ContentEncoding => null;

    /// <inheritdoc/>
    public override long? ContentLength { get; }

    /// <inheritdoc/>
    public override string? RequestId => null;

    /// <inheritdoc/>
    public override Stream Body { get; }

    /// <summary>A stream of events.</summary>
    /// <param name="body">The events.</param>
    /// <param name="headers">Headers besides the media type.</param>
    /// <param name="end">Called once when the answer is over, read or not.</param>
    /// <param name="losses">What the program has no place for.</param>
    /// <param name="queued">How long the request waited for its turn.</param>
    public static CliAnswer Events(TurnBody body, IReadOnlyDictionary<string, string> headers, Func<ValueTask> end, IReadOnlyList<string> losses, TimeSpan queued) =>
        new(200, "text/event-stream", body, null, headers, end) { Losses = CliLosses.Ids(losses), Queued = queued };

    /// <summary>A whole document.</summary>
    public static CliAnswer Document(int status, byte[] json, IReadOnlyDictionary<string, string>? headers = null) =>
        new(status, "application/json", new MemoryStream(json), json.Length, headers ?? new Dictionary<string, string>(), static () => ValueTask.CompletedTask);

    /// <summary>An error in the Messages dialect.</summary>
    public static CliAnswer Error(CliFault fault) => Document(
        fault.Status,
        JsonSerializer.SerializeToUtf8Bytes(new { type = "error", error = new { type = fault.Type, message = fault.Message } }),
        fault.RetryAfter is { } wait
            ? new Dictionary<string, string> { ["retry-after"] = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture) }
            : null);

    /// <inheritdoc/>
    public override void CopyHeadersTo(IHeaderDictionary headers)
    {
        headers.ContentType = MediaType;
        if (ContentLength is { } length) headers.ContentLength = length;
        foreach (var (name, value) in _headers) headers[name] = value;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => Interlocked.Exchange(ref _ended, 1) == 0 ? _end() : ValueTask.CompletedTask;
}
