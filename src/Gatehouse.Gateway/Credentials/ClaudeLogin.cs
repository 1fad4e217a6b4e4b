using System.Globalization;
using System.Text.Json;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>How a login of the <c>claude</c> program stands.</summary>
public enum ClaudeLoginState : byte
{
    /// <summary>It can be used.</summary>
    Good,

    /// <summary>Its time is over; the program renews it, not the gateway.</summary>
    Expired,

    /// <summary>There is none where one is looked for.</summary>
    Missing,

    /// <summary>What is there can't be read, or is no login.</summary>
    Unreadable,

    /// <summary>There is more than one user, and a person's login serves that person alone.</summary>
    Shared,
}

/// <summary>A login of the <c>claude</c> program as it was found. Immutable; it holds a secret, so it is no record and prints nothing.</summary>
public sealed class ClaudeLogin
{
    /// <summary>The commands that renew a login: the first turn of the program renews it, and where that is refused a new login does.</summary>
    public const string Renewal = "claude -p hello   (or, when that is refused: claude auth login)";

    private ClaudeLogin(ClaudeLoginState state, string? problem, DateTimeOffset? expiresAt, Secret? token) =>
        (State, Problem, ExpiresAt, Token) = (state, problem, expiresAt, token);

    /// <summary>How it stands.</summary>
    public ClaudeLoginState State { get; }

    /// <summary>What is wrong and which command helps; null when nothing is. Holds no secret.</summary>
    public string? Problem { get; }

    /// <summary>When it ends; null when that is not known.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>The access token; null when there is none that may be used.</summary>
    public Secret? Token { get; }

    /// <summary>The word for a state in reports: <c>good</c>, <c>expired</c>, <c>missing</c>, <c>unreadable</c>, <c>shared</c>.</summary>
    public string Word => State switch
    {
        ClaudeLoginState.Good => "good",
        ClaudeLoginState.Expired => "expired",
        ClaudeLoginState.Missing => "missing",
        ClaudeLoginState.Unreadable => "unreadable",
        _ => "shared",
    };

    /// <summary>Reads the content of a credentials file of the program.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <param name="now">The time by which it is judged.</param>
    public static ClaudeLogin Parse(ReadOnlyMemory<byte> content, string file, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var login = root.TryGetProperty("claudeAiOauth"u8, out var inner) ? inner : root;
            // Besides the program's own form those that other tools write: a bare access_token or token.
            foreach (var member in (string[])["accessToken", "access_token", "token"])
            {
                if (!login.TryGetProperty(member, out var value) || value.GetString()?.Trim() is not { Length: > 0 } token) continue;
                var until = login.TryGetProperty("expiresAt"u8, out var end) && end.ValueKind == JsonValueKind.Number && end.TryGetInt64(out var ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : (DateTimeOffset?)null;
                return Of(Secret.From(token), until, file, now);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Told below, without a word of the content.
        }

        return NotOne(ClaudeLoginState.Unreadable, $"{file} is not a credentials file of the claude program. Log in again: claude auth login");
    }

    /// <summary>A token that is good until further notice.</summary>
    internal static ClaudeLogin Of(Secret token) => new(ClaudeLoginState.Good, null, null, token);

    /// <summary>Nothing that can be used, and why.</summary>
    internal static ClaudeLogin NotOne(ClaudeLoginState state, string problem) => new(state, problem, null, null);

    /// <summary>The same login at a later time.</summary>
    internal ClaudeLogin At(DateTimeOffset now, string file) => Token is not null && ExpiresAt <= now ? Of(Token, ExpiresAt, file, now) : this;

    private static ClaudeLogin Of(Secret token, DateTimeOffset? until, string file, DateTimeOffset now) => until <= now
        ? new ClaudeLogin(
            ClaudeLoginState.Expired,
            string.Create(CultureInfo.InvariantCulture, $"The login of the claude program in {file} expired on {until:yyyy-MM-dd HH:mm} UTC. Gatehouse never renews it; this does: {Renewal}"),
            until,
            null)
        : new ClaudeLogin(ClaudeLoginState.Good, null, until, token);
}
