using System.Text.Json;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>The platform's settings with who set what.</summary>
/// <param name="Settings">What is in force, but for what the environment switches off.</param>
/// <param name="Rows">The settings that were set, by name.</param>
public sealed record SettingsInForce(PlatformSettings Settings, IReadOnlyList<PlatformSettingRow> Rows);

/// <summary>Changes what is set for everyone. Administrators only. A running server takes it over within a second. Thread-safe.</summary>
public sealed class PlatformSettingsEditor(TenantStore store, TimeProvider clock)
{
    private const int MostModels = 1000;

    /// <summary>What is set.</summary>
    public async Task<Edited<SettingsInForce>> GetAsync(Actor actor, CancellationToken cancellation = default)
    {
        if (!actor.IsAdmin) return Forbidden();
        var rows = (await store.SettingsAsync(cancellation)).FindAll(row => PlatformSettingRows.Names.Contains(row.Name));
        return Edited.Done(new SettingsInForce(PlatformSettingRows.Read(rows, []), rows));
    }

    /// <summary>The kill switch: whether workspaces are served at all.</summary>
    public Task<Edited<SettingsInForce>> SetProxyEnabledAsync(Actor actor, bool enabled, CancellationToken cancellation = default) =>
        SetAsync(actor, PlatformSettingRows.ProxyEnabled, JsonSerializer.Serialize(enabled), cancellation);

    /// <summary>Who the platform's keys serve when neither project nor user says so.</summary>
    public Task<Edited<SettingsInForce>> SetDefaultModeAsync(Actor actor, ProviderModeDefault mode, CancellationToken cancellation = default) =>
        SetAsync(actor, PlatformSettingRows.ProviderModeDefault, JsonSerializer.Serialize(mode.Name()), cancellation);

    /// <summary>The models that the platform's keys serve, <c>*</c> for any run of characters; null for all, empty for none.</summary>
    public Task<Edited<SettingsInForce>> SetAllowedModelsAsync(
        Actor actor, IReadOnlyList<string>? models, CancellationToken cancellation = default)
    {
        var trimmed = models?.Select(model => model.Trim()).Where(model => model.Length > 0).Distinct().ToList();
        return trimmed?.Count > MostModels
            ? Task.FromResult(Edited.Refused<SettingsInForce>($"There are more than {MostModels} models."))
            : SetAsync(actor, PlatformSettingRows.AllowedModels, JsonSerializer.Serialize(trimmed), cancellation);
    }

    /// <summary>The model that a harness is told when its configuration names none; null for the built-in one.</summary>
    public async Task<Edited<SettingsInForce>> SetDefaultModelAsync(
        Actor actor, string harness, string? model, CancellationToken cancellation = default)
    {
        if (HarnessCatalog.Embedded.Find(harness) is not { } known) return Edited.Refused<SettingsInForce>($"There is no harness '{harness}'.");
        if (model is not null && GivenName.Fault(model) is { } fault) return Edited.Refused<SettingsInForce>(fault);
        var now = await GetAsync(actor, cancellation);
        if (now.Value is not { } inForce) return now;
        var models = inForce.Settings.DefaultModels.ToDictionary(StringComparer.Ordinal);
        if (model is null) models.Remove(known.Name);
        else models[known.Name] = model;
        return await SetAsync(actor, PlatformSettingRows.DefaultModels, JsonSerializer.Serialize(models), cancellation);
    }

    /// <summary>What holds for users who chose nothing, over the configuration's; in place of all that was set of it before.</summary>
    public async Task<Edited<SettingsInForce>> SetLimitDefaultsAsync(Actor actor, LimitDefaults defaults, CancellationToken cancellation = default) =>
        !actor.IsAdmin ? Forbidden()
        : Limits.Fault(defaults) is { } fault ? Edited.Refused<SettingsInForce>(fault)
        : await SetAsync(actor, PlatformSettingRows.LimitDefaults, PlatformLimits.Write(defaults), cancellation);

    /// <summary>The most that users may choose to whom nobody allowed anything in particular; in place of all that was set of it before.</summary>
    public async Task<Edited<SettingsInForce>> SetLimitCeilingsAsync(Actor actor, LimitCeilings ceilings, CancellationToken cancellation = default) =>
        !actor.IsAdmin ? Forbidden()
        : ceilings.Requests is not null ? Edited.Refused<SettingsInForce>("Users choose no number of requests, so it has no ceiling. Set its default, or a user's own.")
        : Limits.Fault(ceilings) is { } fault ? Edited.Refused<SettingsInForce>(fault)
        : await SetAsync(actor, PlatformSettingRows.LimitCeilings, PlatformLimits.Write(ceilings), cancellation);

    /// <summary>Puts a setting back to what it is when nobody set it. Nothing set is no error.</summary>
    public async Task<Edited<SettingsInForce>> ResetAsync(Actor actor, string name, CancellationToken cancellation = default)
    {
        if (!actor.IsAdmin) return Forbidden();
        if (!PlatformSettingRows.Names.Contains(name)) return Edited.Missing<SettingsInForce>("platform setting", name);
        await store.ResetAsync(name, AuditLine.Of(actor, clock.Now(), "settings.reset", $"setting:{name}", null), cancellation);
        return await GetAsync(actor, cancellation);
    }

    private async Task<Edited<SettingsInForce>> SetAsync(Actor actor, string name, string json, CancellationToken cancellation)
    {
        if (!actor.IsAdmin) return Forbidden();
        var now = clock.Now();
        var audit = AuditLine.Of(actor, now, "settings.set", $"setting:{name}", null, ("value", json));
        await store.SetAsync(new PlatformSettingRow(name, json, now, actor.UserId), audit, cancellation);
        return await GetAsync(actor, cancellation);
    }

    private static Edited<SettingsInForce> Forbidden() =>
        Edited.Forbidden<SettingsInForce>("Only an administrator sees and changes the platform's settings.");
}
