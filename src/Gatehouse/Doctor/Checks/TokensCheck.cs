using Gatehouse.Gateway.Access;
using Gatehouse.Tokens;

namespace Gatehouse.Doctor.Checks;

/// <summary>There is a token that callers can present, and the one that callers without a token count as.</summary>
internal sealed class TokensCheck : Check
{
    private static readonly TimeSpan s_soon = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    public override string Id => "tokens";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        if (scene.Installation is null) return Found(CheckResult.NotApplicable("There is no database that can be opened."));
        var now = scene.Clock.GetUtcNow();
        var good = scene.Tokens.Where(token => token.RevokedAt is null && !(token.ExpiresAt <= now) && token.Scopes.HasFlag(TokenScopes.Proxy)).ToList();
        if (good.Count == 0) return Found(CheckResult.Failed($"None of {scene.Tokens.Count} tokens opens the gateway.", "Make one: gatehouse token create"));
        var ending = good.Where(token => token.ExpiresAt <= now + s_soon).Select(token => CheckResult.Warning(
            $"The token '{token.Name}' ({token.Hint}) ends on {token.ExpiresAt:yyyy-MM-dd HH:mm}Z.", "Make another before that, and give it to its client: gatehouse token create", token.Name)).ToList();
        if (AnonymousToken.Fault(scene.Config.Config, scene.Tokens, now) is { } anonymous) ending.Add(CheckResult.Failed(anonymous.What, anonymous.Fix!));
        return Found(ending.Count > 0 ? ending : [CheckResult.Ok($"{good.Count} of {scene.Tokens.Count} tokens open the gateway.")]);
    }
}
