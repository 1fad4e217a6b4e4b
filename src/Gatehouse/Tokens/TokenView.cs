using System.Globalization;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;
using Gatehouse.Terminals;

namespace Gatehouse.Tokens;

/// <summary>How a token is shown. Its text is shown once, when it is made.</summary>
internal static class TokenView
{
    /// <summary>The words that go with a new token.</summary>
    public static string Created(AccessToken token)
    {
        var until = token.ExpiresAt is { } expires ? $"until {Time(expires)}" : "until it is revoked";
        var models = token.Models is { } names ? $" for {string.Join(", ", names)}" : "";
        return $"Made {token.Kind.Name()} token {Named(token)}, good {until}{models}. Keep it: it can't be shown again.";
    }

    /// <summary>The name and the id.</summary>
    public static string Named(AccessToken token) => $"'{token.Name}' ({token.Id})";

    /// <summary>Prints tokens as a table.</summary>
    public static void Print(Terminal terminal, IReadOnlyList<AccessToken> tokens)
    {
        if (tokens.Count == 0)
        {
            terminal.Note("There are no tokens yet. Make one: gatehouse token create --name NAME");
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        var listing = new Listing("ID", "NAME", "KIND", "TOKEN", "STATE", "MODELS", "MADE", "LAST USED", "BY");
        foreach (var token in tokens)
        {
            listing.Add(
                token.Id.ToString(),
                token.Name,
                token.Kind.Name(),
                token.Hint,
                State(token, now),
                token.Models is { } models ? string.Join(",", models) : "all",
                Time(token.CreatedAt),
                token.LastUsedAt is { } used ? Time(used) : "never",
                token.LastClient ?? "-");
        }

        terminal.Write(listing);
    }

    /// <summary>Writes a token as JSON, with its text when it was just made.</summary>
    public static void Write(Utf8JsonWriter json, AccessToken token, Secret? text = null)
    {
        json.WriteStartObject();
        json.WriteString("id", token.Id);
        json.WriteString("name", token.Name);
        json.WriteString("kind", token.Kind.Name());
        if (text is not null) json.WriteString("token", text.Utf8);
        json.WriteString("hint", token.Hint);
        json.WriteString("user", token.UserId);
        json.WriteString("state", State(token, TimeProvider.System.GetUtcNow()).Split(' ')[0]);
        if (token.Models is { } models) json.WriteTexts("models", models);
        else json.WriteNull("models");
        json.WriteTime("created_at", token.CreatedAt);
        json.WriteTime("expires_at", token.ExpiresAt);
        json.WriteTime("revoked_at", token.RevokedAt);
        json.WriteTime("last_used_at", token.LastUsedAt);
        json.WriteString("last_client", token.LastClient);
        json.WriteEndObject();
    }

    private static string State(AccessToken token, DateTimeOffset now) => token switch
    {
        { RevokedAt: { } revoked } => $"revoked {Time(revoked)}",
        { ExpiresAt: { } expires } when expires <= now => $"expired {Time(expires)}",
        { ExpiresAt: { } expires } => $"good until {Time(expires)}",
        _ => "good",
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
