using System.Text.Json;

namespace Gatehouse.Gateway.Admission;

/// <summary>What an administrator set in place of the configuration's <c>userLimits</c>; null leaves that, 0 is no limit. Immutable.</summary>
public sealed record LimitDefaults
{
    /// <summary>Nothing set.</summary>
    public static LimitDefaults None { get; } = new();

    /// <summary>Input tokens a UTC day.</summary>
    public long? DailyInputTokens { get; init; }

    /// <summary>Output tokens a UTC day.</summary>
    public long? DailyOutputTokens { get; init; }

    /// <summary>Cost a UTC month, nanodollars.</summary>
    public long? MonthlyCostNanodollars { get; init; }

    /// <summary>Requests a window.</summary>
    public int? Requests { get; init; }

    /// <summary>From which percentage of a budget on its use is told, 1 to 100.</summary>
    public int? AlertPercent { get; init; }
}

/// <summary>
/// The platform's limits as an administrator set them while the gateway runs: what holds for users who chose nothing, and how far those may go
/// whom nobody allowed anything in particular. Immutable.
/// </summary>
public sealed record PlatformLimits
{
    /// <summary>Nothing set: the configuration's hold.</summary>
    public static PlatformLimits None { get; } = new();

    /// <summary>What holds where a user chose nothing.</summary>
    public LimitDefaults Defaults { get; init; } = LimitDefaults.None;

    /// <summary>The most that users without a ceiling of their own may choose.</summary>
    public LimitCeilings Ceilings { get; init; } = LimitCeilings.None;

    /// <summary>The configuration's limits with these over them.</summary>
    public UserLimitsConfig Over(UserLimitsConfig configured)
    {
        ArgumentNullException.ThrowIfNull(configured);
        return this == None
            ? configured
            : configured with
            {
                Requests = (int?)Set(Defaults.Requests, configured.Requests),
                DailyInputTokens = Set(Defaults.DailyInputTokens, configured.DailyInputTokens),
                DailyOutputTokens = Set(Defaults.DailyOutputTokens, configured.DailyOutputTokens),
                MonthlyCostNanodollars = Set(Defaults.MonthlyCostNanodollars, configured.MonthlyCostNanodollars),
                AlertPercent = Defaults.AlertPercent ?? configured.AlertPercent,
                Ceilings = Ceilings,
            };
    }

    /// <summary>Defaults as they are stored.</summary>
    public static string Write(LimitDefaults defaults) => JsonSerializer.Serialize(defaults, LimitJson.Default.LimitDefaults);

    /// <summary>Ceilings as they are stored.</summary>
    public static string Write(LimitCeilings ceilings) => JsonSerializer.Serialize(ceilings, LimitJson.Default.LimitCeilings);

    /// <summary>Reads stored defaults.</summary>
    /// <exception cref="JsonException">They are none.</exception>
    internal static LimitDefaults? ReadDefaults(JsonElement stored) => stored.Deserialize(LimitJson.Default.LimitDefaults);

    /// <summary>Reads stored ceilings.</summary>
    /// <exception cref="JsonException">They are none.</exception>
    internal static LimitCeilings? ReadCeilings(JsonElement stored) => stored.Deserialize(LimitJson.Default.LimitCeilings);

    private static long? Set(long? set, long? configured) => set switch { null => configured, 0 => null, _ => set };
}
