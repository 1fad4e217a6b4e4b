using System.Collections.Immutable;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Api;

/// <summary>A setting that somebody set.</summary>
internal sealed record SettingSet(string Name, DateTimeOffset At, string? By);

/// <summary>What is set for everyone.</summary>
internal sealed record SettingsData(
    bool ProxyEnabled, string ProviderModeDefault, IReadOnlyList<string>? AllowedModels, IReadOnlyDictionary<string, string> DefaultModels,
    IReadOnlyList<SettingSet> Set)
{
    /// <summary>Shows them.</summary>
    public static SettingsData Of(SettingsInForce one) => new(
        one.Settings.ProxyEnabled, one.Settings.Default.Name(), one.Settings.AllowedModels, one.Settings.DefaultModels,
        [.. one.Rows.Select(static row => new SettingSet(row.Name, row.UpdatedAt, row.UpdatedBy))]);
}

/// <summary>What is to be set for everyone: one member of it, what is left out or null stays.</summary>
internal sealed class SettingsEdit
{
    /// <summary>Whether workspaces are served at all.</summary>
    public bool? ProxyEnabled { get; init; }

    /// <summary><c>opt-in</c> or <c>fallback</c>: whom the platform's keys serve when neither project nor user says so.</summary>
    public string? ProviderModeDefault { get; init; }

    /// <summary>The models that the platform's keys serve, <c>*</c> for any run of characters; empty for none.</summary>
    public string[]? AllowedModels { get; init; }

    /// <summary>The model that a harness is told when its configuration names none, by the harness's name; null for the built-in one.</summary>
    public Dictionary<string, string?>? DefaultModels { get; init; }
}

/// <summary>The routes of the platform's settings.</summary>
internal static class SettingRoutes
{
    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/settings", Opens.Admins, "The platform's settings, and who set which.", async call =>
            ApiAnswer.Of(await call.Editors.Settings.GetAsync(call.Actor, call.Cancelled), SettingsData.Of)) { Answer = typeof(SettingsData) },
        new("PATCH", $"{ApiRoutes.Root}/settings", Opens.Admins, "Sets one of the kill switch, the default provider mode, the allowed models, and a harness's default model.", UpdateAsync)
            { Body = typeof(SettingsEdit), Answer = typeof(SettingsData) },
        new("DELETE", $"{ApiRoutes.Root}/settings/{{setting}}", Opens.Admins, "Puts a setting back to what it is when nobody set it.", async call =>
            ApiAnswer.Of(await call.Editors.Settings.ResetAsync(call.Actor, call.Place("setting"), call.Cancelled), SettingsData.Of)) { Answer = typeof(SettingsData) },
    ];

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        var (body, settings) = (call.Body<SettingsEdit>(), call.Editors.Settings);
        var mode = TenantNames.ParseDefault(body.ProviderModeDefault);
        if (body.ProviderModeDefault is not null && mode is null)
            return ApiAnswer.Refused(EditRefusal.Invalid, "The default provider mode is 'opt-in' or 'fallback'.");
        List<Func<Task<Edited<SettingsInForce>>>> steps = [];
        foreach (var (harness, model) in body.DefaultModels ?? [])
            steps.Add(() => settings.SetDefaultModelAsync(call.Actor, harness, model, call.Cancelled));
        if (body.AllowedModels is { } models) steps.Add(() => settings.SetAllowedModelsAsync(call.Actor, models, call.Cancelled));
        if (mode is { } set) steps.Add(() => settings.SetDefaultModeAsync(call.Actor, set, call.Cancelled));
        if (body.ProxyEnabled is { } enabled) steps.Add(() => settings.SetProxyEnabledAsync(call.Actor, enabled, call.Cancelled));
        if (steps.Count > 1) return ApiAnswer.Refused(EditRefusal.Invalid, "Set one thing at a time, so that each is done or not done.");
        return ApiAnswer.Of(await (steps is [var step] ? step() : settings.GetAsync(call.Actor, call.Cancelled)), SettingsData.Of);
    }
}
