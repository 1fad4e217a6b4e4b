using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Gatehouse.Secrets;

namespace Gatehouse.Callers;

/// <summary>Calls a gateway as an agent would and reads what it answers. Whatever goes wrong is told in the answer, never thrown. Thread-safe.</summary>
/// <param name="http">On the gateway's address; the caller's own.</param>
/// <param name="token">What is presented.</param>
/// <param name="limit">How long one call may take, to its last byte.</param>
internal sealed class Caller(HttpClient http, Secret token, TimeSpan limit)
{
    private const string ExchangeHeader = "x-gatehouse-exchange";

    /// <summary>Sends a body in a dialect and reads the answer, as a stream when the question asks for one.</summary>
    public Task<Heard> SendAsync(ICallerDialect dialect, byte[] body, bool stream, Action<string>? show, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, dialect.Path, body, dialect, new Heard(show), stream ? (answer, heard, ends) => StreamAsync(dialect, answer, heard, ends)
            : (answer, heard, ends) => WholeAsync(answer, heard, root => dialect.Read(root, heard), ends), cancellation);

    /// <summary>Sends a call that answers one JSON object, and has it read.</summary>
    public Task<Heard> AskAsync(HttpMethod method, string path, string? body, ICallerDialect dialect, Action<JsonElement> read, CancellationToken cancellation) =>
        CallAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), dialect, new Heard(), (answer, heard, ends) => WholeAsync(answer, heard, read, ends), cancellation);

    private async Task<Heard> CallAsync(
        HttpMethod method, string path, byte[]? body, ICallerDialect dialect, Heard heard,
        Func<HttpResponseMessage, Heard, CancellationToken, Task> read, CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ends.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            dialect.Prepare(request);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ends.Token);
            heard.Status = (int)response.StatusCode;
            if (response.Headers.TryGetValues(ExchangeHeader, out var ids) && Guid.TryParse(ids.First(), out var id)) heard.Exchange = id;
            if (response.StatusCode == HttpStatusCode.OK) await read(response, heard, ends.Token);
            else heard.Fails($"{heard.Status}: {ErrorText.Of(await response.Content.ReadAsStringAsync(ends.Token))}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            heard.Fails($"no end within {limit.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            heard.Fails($"the connection broke: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            heard.Fails($"the answer is not what the dialect says: {e.Message}");
        }

        return heard;
    }

    private static async Task StreamAsync(ICallerDialect dialect, HttpResponseMessage response, Heard heard, CancellationToken cancellation)
    {
        if (!IsOf(response, "text/event-stream", heard)) return;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellation)) dialect.Hear(item.Data, heard);
    }

    private static async Task WholeAsync(HttpResponseMessage response, Heard heard, Action<JsonElement> read, CancellationToken cancellation)
    {
        if (!IsOf(response, "application/json", heard)) return;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellation);
        read(document.RootElement);
        heard.End();
    }

    private static bool IsOf(HttpResponseMessage response, string wanted, Heard heard)
    {
        var given = response.Content.Headers.ContentType?.MediaType;
        if (given == wanted) return true;
        heard.Fails($"the answer is {given ?? "of no content type"}, not {wanted}");
        return false;
    }
}
