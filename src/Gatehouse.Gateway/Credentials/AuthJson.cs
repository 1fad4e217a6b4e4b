using System.Text.Json;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// The shape of Codex's own login file, <c>auth.json</c>: an object whose <c>tokens.access_token</c> is a text. It is never more than
/// recognised here; what is written to a workspace is the file as it came.
/// </summary>
public static class AuthJson
{
    /// <summary>Whether a secret is such a file.</summary>
    public static bool IsOne(Secret file)
    {
        try
        {
            var reader = new Utf8JsonReader(file.Utf8);
            using var document = JsonDocument.ParseValue(ref reader);
            return !reader.Read()
                && document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("tokens"u8, out var tokens)
                && tokens.ValueKind == JsonValueKind.Object
                && tokens.TryGetProperty("access_token"u8, out var access)
                && access.ValueKind == JsonValueKind.String
                && access.ValueEquals(""u8) == false;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
