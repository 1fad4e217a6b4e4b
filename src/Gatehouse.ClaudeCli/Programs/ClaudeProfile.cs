using System.Globalization;
using Gatehouse.Secrets;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// An account that the program works under: its own login in a folder, or a key or token that it is given. Which of them counts, and renewing a login, is
/// the program's own business.
/// </summary>
/// <param name="Name">What requests name it by.</param>
/// <param name="ConfigFolder">The folder of its settings and login; null for the program's usual one.</param>
/// <param name="ApiKey">An API key; null when it logs in by itself.</param>
/// <param name="OAuthToken">A long-lived token of a subscription, made by the program; null when it logs in by itself.</param>
/// <param name="BaseUrl">Where it calls the vendor, for private gateways and tests; null for the vendor's own address.</param>
internal sealed record ClaudeProfile(string Name, string? ConfigFolder, Secret? ApiKey, Secret? OAuthToken, Uri? BaseUrl)
{
    /// <summary>The folder that it works in; null for the provider's.</summary>
    public string? WorkingFolder { get; init; }

    // What the program needs of the machine. Everything else stays here: keys of other providers, the gateway's own settings, and what would lead the
    // program back to this gateway.
    private static readonly string[] s_passed =
    [
        "HOME", "PATH", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TERM", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME",
        "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "NODE_EXTRA_CA_CERTS", "IS_SANDBOX", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "DBUS_SESSION_BUS_ADDRESS",
    ];

    /// <summary>A text of the program's or the vendor's without this account's secrets, should it quote one.</summary>
    public string Mask(string text)
    {
        foreach (var secret in new[] { ApiKey?.Reveal(), OAuthToken?.Reveal() })
        {
            if (secret is not null) text = text.Replace(secret, "[secret]", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The whole environment that the program gets.</summary>
    /// <param name="machine">Reads a variable of the gateway's own environment.</param>
    public IEnumerable<KeyValuePair<string, string>> Environment(Func<string, string?> machine)
    {
        foreach (var name in s_passed)
        {
            if (machine(name) is { Length: > 0 } value) yield return new(name, value);
        }

        // The caller's tools are all there is to find.
        yield return new("ENABLE_TOOL_SEARCH", "false");
        // Clients try again by themselves, and the gateway must tell them of a refusal before they lose patience.
        yield return new("CLAUDE_CODE_MAX_RETRIES", "1");
        // How long a tool may take is its caller's business. The program would else tell the model that it timed out, and go on. A longer time would overflow.
        yield return new("MCP_TOOL_TIMEOUT", int.MaxValue.ToString(CultureInfo.InvariantCulture));
        yield return new("CLAUDE_CODE_MCP_TOOL_IDLE_TIMEOUT", "0");
        yield return new("CLAUDE_CODE_SDK_MCP_TOOL_IDLE_TIMEOUT", "0");
        // An agent of its own is waited for: an answer is over when all the work for it is.
        yield return new("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1");
        yield return new("DISABLE_AUTOUPDATER", "1");
        yield return new("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
        if (ConfigFolder is { } folder) yield return new("CLAUDE_CONFIG_DIR", folder);
        if (ApiKey is { } key) yield return new("ANTHROPIC_API_KEY", key.Reveal());
        if (OAuthToken is { } token) yield return new("CLAUDE_CODE_OAUTH_TOKEN", token.Reveal());
        if (BaseUrl is { } address) yield return new("ANTHROPIC_BASE_URL", address.AbsoluteUri.TrimEnd('/'));
    }
}
