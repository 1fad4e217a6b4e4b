using System.Text;
using System.Text.Json;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;
using Gatehouse.Terminals;

namespace Gatehouse.Credentials;

/// <summary>A login that a vendor's own program keeps on this machine. A class, so that nothing prints it.</summary>
internal sealed class VendorLogin
{
    private const int Largest = 64 * 1024;

    private VendorLogin(string harness, CredentialKind kind, Secret secret, IReadOnlyList<string> warnings) =>
        (Harness, Kind, Secret, Warnings) = (harness, kind, secret, warnings);

    /// <summary>The harness that it is for.</summary>
    public string Harness { get; }

    /// <summary>What it is.</summary>
    public CredentialKind Kind { get; }

    /// <summary>The login.</summary>
    public Secret Secret { get; }

    /// <summary>What a person should know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads Codex's login file.</summary>
    public static (VendorLogin? Login, Problem? Fault) Codex(string? source, Surroundings at)
    {
        var folder = at.Set("CODEX_HOME") ?? Path.Combine(at.Home, ".codex");
        var file = source ?? Path.Combine(folder, "auth.json");
        var (text, fault) = Read(file);
        if (text is null)
        {
            var inKeyring = source is null && Says(Path.Combine(folder, "config.toml"), "keyring");
            return (null, fault ?? new Problem(
                $"There is no login at {file}." + (inKeyring ? " Codex is set to keep it in the system's keyring, where only Codex itself reads it." : ""),
                inKeyring ? "Set cli_auth_credentials_store = \"file\" in Codex's config.toml, and log in again: codex login" : "Log in: codex login"));
        }

        var login = Secret.From(text);
        if (AuthJson.IsOne(login)) return (new VendorLogin("openai-codex", CredentialKind.AuthJson, login, []), null);
        return (null, Has(text, "OPENAI_API_KEY")
            ? new Problem($"{file} holds an API key and no login.", "Add the key instead: gatehouse credential add openai")
            : new Problem($"{file} is not a Codex login file.", "Log in again: codex login"));
    }

    /// <summary>Reads Claude Code's credentials file.</summary>
    public static (VendorLogin? Login, Problem? Fault) Claude(string? source, Surroundings at, DateTimeOffset now)
    {
        var file = source ?? ClaudeLoginSource.FileOf(name => name == "HOME" ? at.Home : at.Set(name));
        var (text, fault) = Read(file);
        if (text is null)
        {
            return (null, fault ?? new Problem(
                $"There is no login at {file}." + (OperatingSystem.IsMacOS() ? " On macOS Claude Code keeps it in the keychain, where only Claude Code itself reads it." : ""),
                "Make a token for this: claude setup-token\nand add it: gatehouse credential add --for claude-code --kind oauth-token"));
        }

        var login = ClaudeLogin.Parse(Encoding.UTF8.GetBytes(text), file, now);
        if (login.State == ClaudeLoginState.Expired)
            return (null, new Problem($"The login at {file} expired on {login.ExpiresAt:yyyy-MM-dd HH:mm} UTC.", "Start claude once, which renews it, or make a lasting token: claude setup-token"));
        if (login.Token is not { } token) return (null, new Problem($"{file} is not a credentials file of Claude Code.", "Log in again: claude /login"));
        var warning = login.ExpiresAt is { } end ? $"This token is good until {end:yyyy-MM-dd HH:mm} UTC; Claude Code renews it in its own file only. 'claude setup-token' makes a lasting one." : "";
        return (new VendorLogin("claude-code", CredentialKind.OAuthToken, token, warning.Length > 0 ? [warning] : []), null);
    }

    private static (string? Text, Problem? Fault) Read(string file)
    {
        try
        {
            if (file == "-") return (StandardInput.Reader.ReadToEnd(), null);
            if (!File.Exists(file)) return (null, null);
            return new FileInfo(file).Length > Largest ? (null, new Problem($"{file} is too large for a login file.")) : (File.ReadAllText(file), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new Problem($"{file} can't be read: {e.Message}"));
        }
    }

    private static bool Says(string file, string word)
    {
        var (text, _) = Read(file);
        return text?.Split('\n').Any(line => line.TrimStart().StartsWith("cli_auth_credentials_store", StringComparison.Ordinal) && line.Contains(word, StringComparison.Ordinal)) == true;
    }

    private static bool Has(string json, string member)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
