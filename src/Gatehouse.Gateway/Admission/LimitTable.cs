using System.Collections.Frozen;

namespace Gatehouse.Gateway.Admission;

/// <summary>Every user's stored limits, as requests read them. Immutable; replaced as a whole when the store changes.</summary>
internal sealed class LimitTable
{
    private readonly FrozenDictionary<string, UserLimits> _byUser;

    private LimitTable(FrozenDictionary<string, UserLimits> byUser) => _byUser = byUser;

    /// <summary>Nothing stored: the platform's defaults hold for everybody.</summary>
    public static LimitTable Empty { get; } = From([]);

    /// <summary>Makes a table of stored rows.</summary>
    public static LimitTable From(IEnumerable<UserLimits> rows) => new(rows.ToFrozenDictionary(static row => row.UserId, StringComparer.Ordinal));

    /// <summary>What is stored for a user; null when nothing is.</summary>
    public UserLimits? Find(string userId) => _byUser.GetValueOrDefault(userId);

    /// <summary>What holds for a user.</summary>
    public EffectiveLimits Of(string userId, UserLimitsConfig defaults) => EffectiveLimits.Of(Find(userId), defaults);
}
