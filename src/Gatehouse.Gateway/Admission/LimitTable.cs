using System.Collections.Frozen;

namespace Gatehouse.Gateway.Admission;

/// <summary>Every user's stored limits, as requests read them. Immutable; replaced as a whole when the store changes.</summary>
internal sealed class LimitTable
{
    private readonly FrozenDictionary<string, UserLimits> _byUser;
    private readonly PlatformLimits _platform;

    // Made again when the configuration is another one, not for each request.
    private volatile Usual? _usual;

    private LimitTable(FrozenDictionary<string, UserLimits> byUser, PlatformLimits platform) => (_byUser, _platform) = (byUser, platform);

    /// <summary>Nothing stored: the platform's defaults hold for everybody.</summary>
    public static LimitTable Empty { get; } = From([]);

    /// <summary>Makes a table of stored rows.</summary>
    public static LimitTable From(IEnumerable<UserLimits> rows, PlatformLimits? platform = null) =>
        new(rows.ToFrozenDictionary(static row => row.UserId, StringComparer.Ordinal), platform ?? PlatformLimits.None);

    /// <summary>What is stored for a user; null when nothing is.</summary>
    public UserLimits? Find(string userId) => _byUser.GetValueOrDefault(userId);

    /// <summary>What holds for a user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="configured">The configuration's, over which the platform's settings lie.</param>
    public EffectiveLimits Of(string userId, UserLimitsConfig configured)
    {
        var usual = _usual;
        if (usual is null || !ReferenceEquals(usual.Configured, configured)) _usual = usual = new Usual(configured, _platform.Over(configured));
        return EffectiveLimits.Of(Find(userId), usual.InForce);
    }

    private sealed record Usual(UserLimitsConfig Configured, UserLimitsConfig InForce);
}
