using System.Buffers;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// What is sealed of a credential: the secret, and everything that decides where it is sent. These stand in no column, setting or other row,
/// so that nobody who can edit those can send a key to another host. Immutable; a class, so that nothing prints it.
/// </summary>
public sealed class CredentialContent
{
    /// <summary>The key, token or login file.</summary>
    public required Secret Secret { get; init; }

    /// <summary>The host that it is for, without a trailing slash; null when that follows from the provider.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>What that host speaks; null when it follows from the provider.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>The preset that it is for; null for the one that its harness usually calls.</summary>
    public string? Provider { get; init; }

    /// <summary>The bytes to seal.</summary>
    internal byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("secret"u8, Secret.Utf8);
            if (BaseUrl is { } address) json.WriteString("baseUrl"u8, address.OriginalString);
            if (Dialect is { } dialect) json.WriteString("dialect"u8, dialect.Name());
            if (Provider is { } provider) json.WriteString("provider"u8, provider);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what was sealed; null when it is not what this program seals: a dialect that is not known must not be guessed.</summary>
    internal static CredentialContent? TryRead(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            if (Text(root, "secret") is not { } secret) return null;
            var (address, dialect) = (Text(root, "baseUrl"), Text(root, "dialect"));
            Uri? baseUrl = null;
            if (address is not null && !Uri.TryCreate(address, UriKind.Absolute, out baseUrl)) return null;
            if (!DialectNames.TryParse(dialect, out var known) && dialect is not null) return null;
            return new CredentialContent
            {
                Secret = Secret.From(secret),
                BaseUrl = baseUrl,
                Dialect = dialect is null ? null : known,
                Provider = Text(root, "provider"),
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;
}
