using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Gateway.Routing;

/// <summary>
/// Reads the answers of <c>GET /v1/models</c>, Anthropic's (<c>data, has_more, last_id</c>) and OpenAI's (<c>object: list, data</c>) alike.
/// Unknown fields are passed over; entries without a usable id are left out.
/// </summary>
internal static class ModelListParser
{
    // A list is shown to people and searched in memory: a host that answers with more is at fault.
    private const int LongestId = 256;

    /// <summary>Reads one page; null when the body is no list of models.</summary>
    public static ModelListPage? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            // Some hosts answer with the bare array.
            if (root.ValueKind == JsonValueKind.Array) return new ModelListPage(Models(root), false, null);
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array) return null;
            var models = Models(data);
            var more = root.TryGetProperty("has_more", out var flag) && flag.ValueKind == JsonValueKind.True;
            var last = Text(root, "last_id") ?? (models.Count > 0 ? models[^1].Id : null);
            return new ModelListPage(models, more && last is not null, last);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<ListedModel> Models(JsonElement data)
    {
        var models = new List<ListedModel>();
        foreach (var item in data.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || Text(item, "id") is not { Length: > 0 and <= LongestId } id) continue;
            if (id.Any(char.IsControl)) continue;
            models.Add(new ListedModel(id, Text(item, "display_name") ?? Text(item, "name"), Created(item), Text(item, "owned_by"),
                Tokens(item, "max_input_tokens"), Tokens(item, "max_tokens")));
        }

        return models;
    }

    // Anthropic: created_at as RFC 3339, the epoch when unknown. OpenAI: created in Unix seconds.
    private static DateTimeOffset? Created(JsonElement item)
    {
        if (Text(item, "created_at") is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return at == DateTimeOffset.UnixEpoch ? null : at;
        if (item.TryGetProperty("created", out var created) && created.ValueKind == JsonValueKind.Number
            && created.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        return null;
    }

    private static long? Tokens(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var tokens) && tokens > 0 ? tokens : null;

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
