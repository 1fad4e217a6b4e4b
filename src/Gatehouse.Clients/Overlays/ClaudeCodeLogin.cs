using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Programs;
using Gatehouse.Secrets;

namespace Gatehouse.Clients.Overlays;

/// <summary>
/// Claude Code for one run with a subscription's token: in the variable that is for it and in no other, and with everything out of force that
/// would send it somewhere else than to its vendor.
/// </summary>
internal static class ClaudeCodeLogin
{
    private const string Variable = "CLAUDE_CODE_OAUTH_TOKEN";
    private static readonly KeyPath _env = KeyPath.Of("env");

    // Each goes before the token, or takes the calls elsewhere.
    private static readonly string[] _others =
    [
        "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_IDENTITY_TOKEN", "ANTHROPIC_IDENTITY_TOKEN_FILE",
        .. ClaudeCodeVariables.Elsewhere,
    ];

    /// <summary>Makes it.</summary>
    public static ClientOverlay Make(OverlayRequest request, Secret token)
    {
        if (ClaudeCodeOverlay.RefusedOption(request) is { } refused) return refused;
        var root = ConfigObject.Empty.With(_env.Key(Variable), ConfigValue.From(token.Reveal())).With(KeyPath.Of("apiKeyHelper"), ConfigValue.From(""));
        foreach (var name in _others) root = root.With(_env.Key(name), ConfigValue.From(""));
        foreach (var (name, value) in ClaudeCodeModels.Slots(request.Setup)) root = root.With(_env.Key(name), ConfigValue.From(value));
        return ClaudeCodeOverlay.Of(request, root, []);
    }
}
