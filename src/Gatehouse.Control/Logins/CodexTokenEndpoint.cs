using System.Text.Json;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Logins;

/// <summary>The vendor's service that refreshes Codex logins. Of what it answers only tokens, scopes and the error's word and sentence are taken. Thread-safe.</summary>
/// <param name="http">Sends; owned by the caller.</param>
/// <param name="address">The service, as configured now.</param>
internal sealed class CodexTokenEndpoint(HttpMessageInvoker http, Func<Uri> address)
{
    /// <summary>The vendor's own address.</summary>
    public static Uri Vendor { get; } = new("https://auth.openai.com/oauth/token");

    // Codex's own, as it stands in its source.
    private const string ClientId = "app_EMoamEEZ73f0CkXaXp7hrann";
    private const int LargestAnswer = 64 * 1024;

    /// <summary>A sender for it, without proxy, redirects or cookies: refresh tokens go to the address that was configured and nowhere else.</summary>
    public static HttpMessageInvoker Sender() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    /// <summary>Calls it.</summary>
    /// <exception cref="HttpRequestException">It can't be reached.</exception>
    public async Task<VendorAnswer> CallAsync(Secret refreshToken, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address())
        {
            Content = new ByteArrayContent(Body(refreshToken)) { Headers = { ContentType = new("application/json") } },
        };
        using var response = await http.SendAsync(request, cancellation);
        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellation);
        return Read((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>Reads an answer.</summary>
    internal static VendorAnswer Read(int status, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new VendorAnswer { Status = status };
            var scope = root.TryGetProperty("scope"u8, out var given) ? given : default;
            // Errors come flat, or as an object under "error".
            var error = root.TryGetProperty("error"u8, out var fault) && fault.ValueKind == JsonValueKind.Object ? fault : root;
            return new VendorAnswer
            {
                Status = status,
                AccessToken = Text(root, "access_token"),
                IdToken = Text(root, "id_token"),
                RefreshToken = Text(root, "refresh_token"),
                Scope = scope.ValueKind == JsonValueKind.String ? scope.GetString() : null,
                ScopeIsUnreadable = scope.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String),
                Error = Text(error, "error") ?? Text(error, "code") ?? Text(error, "type"),
                Description = Text(error, "error_description") ?? Text(error, "message"),
            };
        }
        catch (JsonException)
        {
            return new VendorAnswer { Status = status };
        }
    }

    private static byte[] Body(Secret refreshToken)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("client_id"u8, ClientId);
            json.WriteString("grant_type"u8, "refresh_token"u8);
            json.WriteString("refresh_token"u8, refreshToken.Utf8);
            json.WriteString("scope"u8, "openid profile email"u8);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string? Text(JsonElement at, string name) =>
        at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
