using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Gateway.Admission;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>One platform setting as it is stored.</summary>
/// <param name="Name">Its name, one of <see cref="PlatformSettingRows"/>'s; another one belongs to another noun.</param>
/// <param name="Value">JSON.</param>
/// <param name="UpdatedAt">When it was last set.</param>
/// <param name="UpdatedBy">The user who set it; null when unknown.</param>
public sealed record PlatformSettingRow(string Name, string Value, DateTimeOffset UpdatedAt, string? UpdatedBy);

/// <summary>The stored names of the platform's settings, and how their rows become <see cref="PlatformSettings"/>.</summary>
public static class PlatformSettingRows
{
    /// <summary>A boolean: the kill switch.</summary>
    public const string ProxyEnabled = "proxy.enabled";

    /// <summary><c>opt-in</c> or <c>fallback</c>.</summary>
    public const string ProviderModeDefault = "providerMode.default";

    /// <summary>An array of patterns, or null for all models.</summary>
    public const string AllowedModels = "models.allowed";

    /// <summary>An object: harness → model.</summary>
    public const string DefaultModels = "models.default";

    /// <summary>An object: what holds for users who chose nothing.</summary>
    public const string LimitDefaults = "limits.defaults";

    /// <summary>An object: the most that users may choose.</summary>
    public const string LimitCeilings = "limits.ceilings";

    /// <summary>Every name above.</summary>
    public static ImmutableArray<string> Names { get; } = [ProxyEnabled, ProviderModeDefault, AllowedModels, DefaultModels, LimitDefaults, LimitCeilings];

    /// <summary>The settings that rows stand for; <paramref name="problems"/> is told of each that can't be read.</summary>
    public static PlatformSettings Read(IEnumerable<PlatformSettingRow> rows, ICollection<string> problems)
    {
        var settings = PlatformSettings.Initial;
        foreach (var row in rows)
        {
            if (TryRead(settings, row) is { } next)
            {
                settings = next;
                continue;
            }
            problems.Add($"The platform setting '{row.Name}' can't be read, so {(row.Name is LimitDefaults or LimitCeilings ? "the configuration's limits hold" : "the strictest value is used")}. Set it again.");
            settings = Strictest(settings, row.Name);
        }
        return settings;
    }

    private static PlatformSettings? TryRead(PlatformSettings settings, PlatformSettingRow row)
    {
        try
        {
            using var value = JsonDocument.Parse(row.Value);
            return (row.Name, value.RootElement) switch
            {
                (ProxyEnabled, { ValueKind: JsonValueKind.True or JsonValueKind.False } on) => settings with { ProxyEnabled = on.GetBoolean() },
                (ProviderModeDefault, { ValueKind: JsonValueKind.String } mode) when TenantNames.ParseDefault(mode.GetString()) is { } known =>
                    settings with { Default = known },
                (AllowedModels, { ValueKind: JsonValueKind.Null }) => settings with { AllowedModels = null },
                (AllowedModels, { ValueKind: JsonValueKind.Array } models) => settings with { AllowedModels = Texts(models) },
                (DefaultModels, { ValueKind: JsonValueKind.Object } models) => settings with { DefaultModels = ByHarness(models) },
                (LimitDefaults, { ValueKind: JsonValueKind.Object } limits) =>
                    settings with { Limits = settings.Limits with { Defaults = PlatformLimits.ReadDefaults(limits)! } },
                (LimitCeilings, { ValueKind: JsonValueKind.Object } limits) =>
                    settings with { Limits = settings.Limits with { Ceilings = PlatformLimits.ReadCeilings(limits)! } },
                (ProxyEnabled or ProviderModeDefault or AllowedModels or DefaultModels or LimitDefaults or LimitCeilings, _) => null,
                _ => settings,
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return Names.Contains(row.Name) ? null : settings;
        }
    }

    private static PlatformSettings Strictest(PlatformSettings settings, string name) => name switch
    {
        ProxyEnabled => settings with { ProxyEnabled = false },
        ProviderModeDefault => settings with { Default = Tenancy.ProviderModeDefault.OptIn },
        AllowedModels => settings with { AllowedModels = [] },
        _ => settings,
    };

    // An element that is no text throws: half a list could allow more, or less, than was meant.
    private static ImmutableArray<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(element => element.GetString() ?? "")];

    private static FrozenDictionary<string, string> ByHarness(JsonElement models) => models.EnumerateObject()
        .Where(member => member.Value.ValueKind == JsonValueKind.String)
        .DistinctBy(member => member.Name)
        .ToFrozenDictionary(member => member.Name, member => member.Value.GetString()!, StringComparer.Ordinal);
}
