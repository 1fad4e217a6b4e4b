using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Logins;

/// <summary>
/// What is read off a Codex login file, and the file with another set of tokens. Members that are not about tokens stay as they are. A class,
/// so that nothing prints it. Immutable.
/// </summary>
internal sealed class CodexLogin
{
    private readonly JsonElement _root;

    private CodexLogin(JsonElement root) => _root = root;

    /// <summary>The access token.</summary>
    public string? AccessToken => Token("access_token");

    /// <summary>The id token.</summary>
    public string? IdToken => Token("id_token");

    /// <summary>The refresh token.</summary>
    public string? RefreshToken => Token("refresh_token");

    /// <summary>When the harness last refreshed it; null when it does not say.</summary>
    public DateTimeOffset? LastRefresh =>
        _root.TryGetProperty("last_refresh"u8, out var at) && at.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(at.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Reads a file; null when it is not one.</summary>
    public static CodexLogin? Read(Secret file)
    {
        if (!Gateway.Credentials.AuthJson.IsOne(file)) return null;
        var reader = new Utf8JsonReader(file.Utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        return new CodexLogin(document.RootElement.Clone());
    }

    /// <summary>The file after a refresh. Tokens that are not given stay.</summary>
    public Secret With(string access, string? id, string? refresh, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in _root.EnumerateObject())
            {
                if (member.NameEquals("last_refresh"u8)) continue;
                if (!member.NameEquals("tokens"u8))
                {
                    member.WriteTo(json);
                    continue;
                }

                json.WriteStartObject("tokens"u8);
                json.WriteString("access_token"u8, access);
                if ((id ?? IdToken) is { } idToken) json.WriteString("id_token"u8, idToken);
                if ((refresh ?? RefreshToken) is { } refreshToken) json.WriteString("refresh_token"u8, refreshToken);
                foreach (var token in member.Value.EnumerateObject().Where(token => token.Name is not ("access_token" or "id_token" or "refresh_token")))
                    token.WriteTo(json);
                json.WriteEndObject();
            }

            json.WriteString("last_refresh"u8, now.UtcDateTime);
            json.WriteEndObject();
        }

        return Secret.From(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private string? Token(string name) =>
        _root.GetProperty("tokens"u8).TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
