using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// The logins that the vendors' programs keep have not run out. Only looked at: these files are never written here, and nothing of them is
/// shown but a date.
/// </summary>
internal sealed class SubscriptionCheck : Check
{
    private static readonly TimeSpan s_codexRefresh = TimeSpan.FromDays(28);

    /// <inheritdoc/>
    public override string Id => "subscription";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        var claude = Path.Combine(scene.At.Set("CLAUDE_CONFIG_DIR") ?? Path.Combine(scene.At.Home, ".claude"), ".credentials.json");
        var codex = Path.Combine(scene.At.Set("CODEX_HOME") ?? Path.Combine(scene.At.Home, ".codex"), "auth.json");
        CheckResult?[] found = [Look(scene, "claude-code", claude, Claude), Look(scene, "codex", codex, Codex)];
        return Found(found.OfType<CheckResult>().ToList() is { Count: > 0 } results ? results : [CheckResult.NotApplicable("No vendor's login is kept on this machine.")]);
    }

    private static CheckResult? Look(Scene scene, string agent, string file, Func<JsonElement, DateTimeOffset, string?> ended)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using var login = JsonDocument.Parse(File.ReadAllBytes(file));
            return ended(login.RootElement, scene.Clock.GetUtcNow()) is { } why
                ? CheckResult.Warning($"The login in {scene.At.Shown(file)} {why}.", agent == "codex" ? "codex login, where it is still used" : "claude /login, where it is still used", agent)
                : CheckResult.Ok($"the login in {scene.At.Shown(file)} holds", agent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return CheckResult.Warning($"{scene.At.Shown(file)} can't be read: {e.GetType().Name}.", "Log in again, where the login is still used.", agent);
        }
    }

    // The access token lives for hours and is renewed with the other one; without that one the login has ended with it.
    private static string? Claude(JsonElement root, DateTimeOffset now)
    {
        if (!root.TryGetProperty("claudeAiOauth", out var login)) return null;
        if (login.TryGetProperty("refreshToken", out var refresh) && refresh.ValueKind == JsonValueKind.String && refresh.GetString()!.Length > 0) return null;
        return login.TryGetProperty("expiresAt", out var at) && DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()) is var end && end < now ? Ended(end) : null;
    }

    // Codex renews its login every few weeks while it is used; one that was left for longer is refused.
    private static string? Codex(JsonElement root, DateTimeOffset now)
    {
        if (!root.TryGetProperty("tokens", out var tokens) || tokens.ValueKind != JsonValueKind.Object) return null;
        var refreshed = root.TryGetProperty("last_refresh", out var last) && last.TryGetDateTimeOffset(out var time) ? time : (DateTimeOffset?)null;
        if (!tokens.TryGetProperty("access_token", out var access) || EndOf(access.GetString()) is not { } end || end >= now) return null;
        return refreshed is null || refreshed < now - s_codexRefresh ? Ended(end) : null;
    }

    private static string Ended(DateTimeOffset end) => string.Create(CultureInfo.InvariantCulture, $"ran out on {end:yyyy-MM-dd}");

    // The middle part of a JSON web token says when it ends (RFC 7519 §4.1.4); its signature is none of our business.
    private static DateTimeOffset? EndOf(string? token)
    {
        if (token?.Split('.') is not [_, var payload, _]) return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.TryGetProperty("exp", out var end) ? DateTimeOffset.FromUnixTimeSeconds(end.GetInt64()) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
