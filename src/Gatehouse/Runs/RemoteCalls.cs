using System.Net.Http.Headers;
using System.Text.Json;
using Gatehouse.Processes;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>What a server answered. A class, so that nothing prints it: a token or a login may be in it.</summary>
internal sealed class RemoteAnswer
{
    /// <summary>The status; 0 when it can't be reached.</summary>
    public required int Status { get; init; }

    /// <summary>The body; undefined when it is no JSON object.</summary>
    public JsonElement Body { get; init; }

    /// <summary>What went wrong, for a person; null when it went well.</summary>
    public string? Fault { get; init; }

    /// <summary>A text in the body; null when there is none.</summary>
    public string? Text(params ReadOnlySpan<string> path)
    {
        var at = Body;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        }

        return at.ValueKind == JsonValueKind.String ? at.GetString() : null;
    }

    /// <summary>The objects of a list.</summary>
    public IEnumerable<RemoteAnswer> Items =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray().Select(item => new RemoteAnswer { Status = Status, Body = item }) : [];
}

/// <summary>Calls the administration of a Gatehouse with one token. It follows no redirect and uses no proxy: the token goes there and nowhere else. Thread-safe.</summary>
/// <param name="server">Its address.</param>
/// <param name="token">What opens it.</param>
internal sealed class RemoteCalls(Uri server, Secret token) : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = LocalHttp.Open(server, s_limit);

    /// <summary>Where it is, as people write it.</summary>
    public string Origin => server.GetLeftPart(UriPartial.Authority);

    /// <summary>Calls.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below <c>/api/v1</c>, encoded.</param>
    /// <param name="body">Writes the members of the body; null for none.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<RemoteAnswer> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/v1/{path}", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        if (body is not null) request.Content = new ByteArrayContent(Written(body)) { Headers = { ContentType = new("application/json") } };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellation);
            return Read((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return new RemoteAnswer { Status = 0, Fault = $"The server at {Origin} does not answer." };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private RemoteAnswer Read(int status, byte[] bytes)
    {
        var body = Parsed(bytes);
        if (status is >= 200 and < 300) return new RemoteAnswer { Status = status, Body = body };
        var said = new RemoteAnswer { Status = status, Body = body }.Text("detail");
        return new RemoteAnswer
        {
            Status = status,
            // Its words go to a terminal, which would obey what is in them.
            Fault = said is null ? $"The server at {Origin} answered {status}." : $"The server at {Origin} says: {new string([.. said.Where(static c => !char.IsControl(c))])}",
        };
    }

    private static JsonElement Parsed(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static byte[] Written(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
