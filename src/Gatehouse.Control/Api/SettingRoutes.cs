using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Api;

/// <summary>A setting that somebody set.</summary>
internal sealed record SettingSet(string Name, DateTimeOffset At, string? By);

/// <summary>The platform's limits for users who chose nothing. Null is what the configuration says, 0 no limit.</summary>
internal sealed record LimitDefaultsData(long? DailyInputTokens, long? DailyOutputTokens, decimal? MonthlyCostUsd, int? Requests, int? AlertPercent)
{
    /// <summary>Shows them.</summary>
    public static LimitDefaultsData Of(LimitDefaults one) => new(
        one.DailyInputTokens, one.DailyOutputTokens, one.MonthlyCostNanodollars / 1_000_000_000m, one.Requests, one.AlertPercent);
}

/// <summary>The most that users may choose to whom nobody allowed anything in particular. Null is the default.</summary>
internal sealed record LimitCeilingsData(long? MaxDailyInputTokens, long? MaxDailyOutputTokens, decimal? MaxMonthlyCostCapUsd)
{
    /// <summary>Shows them.</summary>
    public static LimitCeilingsData Of(LimitCeilings one) => new(one.DailyInputTokens, one.DailyOutputTokens, one.MonthlyCostNanodollars / 1_000_000_000m);
}

/// <summary>What is set for everyone.</summary>
internal sealed record SettingsData(
    bool ProxyEnabled, string ProviderModeDefault, IReadOnlyList<string>? AllowedModels, IReadOnlyDictionary<string, string> DefaultModels,
    LimitDefaultsData LimitDefaults, LimitCeilingsData LimitCeilings, IReadOnlyList<SettingSet> Set)
{
    /// <summary>Shows them.</summary>
    public static SettingsData Of(SettingsInForce one) => new(
        one.Settings.ProxyEnabled, one.Settings.Default.Name(), one.Settings.AllowedModels, one.Settings.DefaultModels,
        LimitDefaultsData.Of(one.Settings.Limits.Defaults), LimitCeilingsData.Of(one.Settings.Limits.Ceilings),
        [.. one.Rows.Select(static row => new SettingSet(row.Name, row.UpdatedAt, row.UpdatedBy))]);
}

/// <summary>Limits for users who chose nothing, in place of all that was set of them before.</summary>
internal sealed class LimitDefaultsChoice
{
    /// <summary>Input tokens a day; 0 for no limit.</summary>
    public decimal? DailyInputTokens { get; init; }

    /// <summary>Output tokens a day; 0 for no limit.</summary>
    public decimal? DailyOutputTokens { get; init; }

    /// <summary>US dollars a month; 0 for no limit.</summary>
    public decimal? MonthlyCostUsd { get; init; }

    /// <summary>Requests a window; 0 for no limit.</summary>
    public decimal? Requests { get; init; }

    /// <summary>From which percentage of a budget on its use is told.</summary>
    public decimal? AlertPercent { get; init; }
}

/// <summary>The most that users may choose, in place of all that was set of it before.</summary>
internal sealed class LimitCeilingsChoice
{
    /// <summary>Input tokens a day.</summary>
    public decimal? MaxDailyInputTokens { get; init; }

    /// <summary>Output tokens a day.</summary>
    public decimal? MaxDailyOutputTokens { get; init; }

    /// <summary>US dollars a month.</summary>
    public decimal? MaxMonthlyCostCapUsd { get; init; }
}

/// <summary>What is to be set for everyone: one member of it. Null puts it back to what it is when nobody set it.</summary>
internal sealed class SettingsEdit
{
    /// <summary>Whether workspaces are served at all.</summary>
    public bool? ProxyEnabled { get; init; }

    /// <summary><c>opt-in</c> or <c>fallback</c>: whom the platform's keys serve when neither project nor user says so.</summary>
    public string? ProviderModeDefault { get; init; }

    /// <summary>The models that the platform's keys serve, <c>*</c> for any run of characters; empty for none, null for all.</summary>
    public string[]? AllowedModels { get; init; }

    /// <summary>The model that a harness is told when its configuration names none, by the harness's name; null for the built-in one.</summary>
    public Dictionary<string, string?>? DefaultModels { get; init; }

    /// <summary>Limits for users who chose nothing.</summary>
    public LimitDefaultsChoice? LimitDefaults { get; init; }

    /// <summary>The most that users may choose to whom nobody allowed anything in particular.</summary>
    public LimitCeilingsChoice? LimitCeilings { get; init; }
}

/// <summary>The routes of the platform's settings.</summary>
internal static class SettingRoutes
{
    // The members of a body and the names that their settings are stored under.
    private static readonly FrozenDictionary<string, string> s_names = new Dictionary<string, string>
    {
        ["proxyEnabled"] = PlatformSettingRows.ProxyEnabled,
        ["providerModeDefault"] = PlatformSettingRows.ProviderModeDefault,
        ["allowedModels"] = PlatformSettingRows.AllowedModels,
        ["defaultModels"] = PlatformSettingRows.DefaultModels,
        ["limitDefaults"] = PlatformSettingRows.LimitDefaults,
        ["limitCeilings"] = PlatformSettingRows.LimitCeilings,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/settings", Opens.Admins, "The platform's settings, and who set which.", async call =>
            ApiAnswer.Of(await call.Editors.Settings.GetAsync(call.Actor, call.Cancelled), SettingsData.Of)) { Answer = typeof(SettingsData) },
        new("PATCH", $"{ApiRoutes.Root}/settings", Opens.Admins, "Sets one of the kill switch, the default provider mode, the allowed models, a harness's default model, and the limits; null puts it back.", UpdateAsync)
            { Body = typeof(SettingsEdit), Answer = typeof(SettingsData) },
        new("DELETE", $"{ApiRoutes.Root}/settings/{{setting}}", Opens.Admins, "Puts a setting back to what it is when nobody set it.", async call =>
            ApiAnswer.Of(await call.Editors.Settings.ResetAsync(call.Actor, call.Place("setting"), call.Cancelled), SettingsData.Of)) { Answer = typeof(SettingsData) },
    ];

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        var (body, settings) = (call.Body<SettingsEdit>(), call.Editors.Settings);
        var steps = call.Raw.EnumerateObject().SelectMany(member => Steps(call, body, member)).ToList();
        if (steps.Count > 1) return ApiAnswer.Refused(EditRefusal.Invalid, "Set one thing at a time, so that each is done or not done.");
        return ApiAnswer.Of(await (steps is [var step] ? step() : settings.GetAsync(call.Actor, call.Cancelled)), SettingsData.Of);
    }

    // What one member of the body asks for; several of the default models are several things.
    private static IEnumerable<Func<Task<Edited<SettingsInForce>>>> Steps(ApiCall call, SettingsEdit body, JsonProperty member)
    {
        var (settings, actor, cancelled) = (call.Editors.Settings, call.Actor, call.Cancelled);
        var name = s_names[member.Name];
        if (member.Value.ValueKind == JsonValueKind.Null) return [() => settings.ResetAsync(actor, name, cancelled)];
        return name switch
        {
            PlatformSettingRows.ProxyEnabled => [() => settings.SetProxyEnabledAsync(actor, body.ProxyEnabled!.Value, cancelled)],
            PlatformSettingRows.ProviderModeDefault => [() => SetModeAsync(call, body.ProviderModeDefault!)],
            PlatformSettingRows.AllowedModels => [() => settings.SetAllowedModelsAsync(actor, body.AllowedModels, cancelled)],
            PlatformSettingRows.LimitDefaults =>
                [() => WithAsync(LimitBody.ReadDefaults(member.Value), limits => settings.SetLimitDefaultsAsync(actor, limits, cancelled))],
            PlatformSettingRows.LimitCeilings =>
                [() => WithAsync(LimitBody.ReadCeilings(member.Value), limits => settings.SetLimitCeilingsAsync(actor, limits, cancelled))],
            _ => body.DefaultModels!.Select(pair => (Func<Task<Edited<SettingsInForce>>>)(
                () => settings.SetDefaultModelAsync(actor, pair.Key, pair.Value, cancelled))),
        };
    }

    private static Task<Edited<SettingsInForce>> SetModeAsync(ApiCall call, string word) => TenantNames.ParseDefault(word) is { } mode
        ? call.Editors.Settings.SetDefaultModeAsync(call.Actor, mode, call.Cancelled)
        : Task.FromResult(Edited.Refused<SettingsInForce>("The default provider mode is 'opt-in' or 'fallback'."));

    private static Task<Edited<SettingsInForce>> WithAsync<T>(Edited<T> read, Func<T, Task<Edited<SettingsInForce>>> set)
        where T : class => read.Value is { } limits ? set(limits) : Task.FromResult(read.As<SettingsInForce>());
}
