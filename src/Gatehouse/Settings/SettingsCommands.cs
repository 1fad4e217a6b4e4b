using System.CommandLine;
using System.Globalization;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Limits;

namespace Gatehouse.Settings;

/// <summary><c>gatehouse settings</c>: what is set for everyone in the database, over the configuration. Works beside a running server.</summary>
internal static class SettingsCommands
{
    private static readonly Argument<string> s_name = new("setting") { Description = $"Which: {string.Join(", ", PlatformSettingRows.Names)}.", HelpName = "SETTING" };
    private static readonly Argument<string[]> s_values = new("value")
    {
        Description = "true or false; opt-in or fallback; patterns of models; HARNESS=MODEL; or LIMIT=AMOUNT, where 'default' takes one back and 0 is no limit.",
        HelpName = "VALUE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    static SettingsCommands() => s_name.AcceptOnlyFromAmong([.. PlatformSettingRows.Names]);

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new(
        "settings", "Show and set what holds for everyone: the kill switch, whom the platform's keys serve, which models, and limits. Works beside a running server.")
    {
        new Verb("show", "Show what is set, and by whom.", "gatehouse settings show --json") { CommonOptions.Json }
            .RunsOnInstallation(static async (invocation, installation) => Told(await installation.Tenants.Settings.GetAsync(Actor.OfThisMachine, invocation.Cancelled))),
        new Verb(
            "set",
            "Set one thing. Models allowed are patterns in which * stands for anything; none at all allows none.",
            "gatehouse settings set proxy.enabled false",
            "gatehouse settings set providerMode.default fallback",
            "gatehouse settings set models.allowed 'claude-*' 'gpt-5*'",
            "gatehouse settings set models.default claude-code=claude-opus-5",
            "gatehouse settings set limits.defaults dailyInputTokens=50m monthlyCostUsd=20",
            "gatehouse settings set limits.ceilings dailyInputTokens=500m") { s_name, s_values, CommonOptions.Json }
            .RunsOnInstallation(SetAsync),
        new Verb("reset", "Put one thing back to what it is when nobody set it.", "gatehouse settings reset models.allowed") { s_name, CommonOptions.Json }
            .RunsOnInstallation(static async (invocation, installation) =>
                Told(await installation.Tenants.Settings.ResetAsync(Actor.OfThisMachine, invocation.Parsed.GetValue(s_name)!, invocation.Cancelled))),
    };

    private static async Task<Report> SetAsync(Invocation invocation, Installation installation)
    {
        var (settings, values, cancelled) = (installation.Tenants.Settings, invocation.Parsed.GetValue(s_values) ?? [], invocation.Cancelled);
        switch (invocation.Parsed.GetValue(s_name))
        {
            case PlatformSettingRows.ProxyEnabled:
                return values is [var word] && bool.TryParse(word, out var on)
                    ? Told(await settings.SetProxyEnabledAsync(Actor.OfThisMachine, on, cancelled)) : Misused("Say true or false.");
            case PlatformSettingRows.ProviderModeDefault:
                return values is [var name] && TenantNames.ParseDefault(name) is { } mode
                    ? Told(await settings.SetDefaultModeAsync(Actor.OfThisMachine, mode, cancelled)) : Misused("Say opt-in or fallback.");
            case PlatformSettingRows.AllowedModels:
                return Told(await settings.SetAllowedModelsAsync(Actor.OfThisMachine, values, cancelled));
            case PlatformSettingRows.DefaultModels:
                return values is [var pair] && pair.Split('=', 2) is [var harness, var model]
                    ? Told(await settings.SetDefaultModelAsync(Actor.OfThisMachine, harness, model == "default" ? null : model, cancelled))
                    : Misused("Say one HARNESS=MODEL, or HARNESS=default.");
            default:
                return await SetLimitsAsync(invocation, settings, values);
        }
    }

    private static async Task<Report> SetLimitsAsync(Invocation invocation, PlatformSettingsEditor settings, string[] values)
    {
        var now = await settings.GetAsync(Actor.OfThisMachine, invocation.Cancelled);
        if (now.Value is not { Settings.Limits: var limits }) return Told(now);
        var isDefaults = invocation.Parsed.GetValue(s_name) == PlatformSettingRows.LimitDefaults;
        var (defaults, ceilings) = (limits.Defaults, limits.Ceilings);
        foreach (var value in values)
        {
            if (value.Split('=', 2) is not [var name, var text] || LimitValue.Read(text, isMoney: name == "monthlyCostUsd") is not { Amount: var amount })
                return Misused("Say LIMIT=AMOUNT, such as dailyInputTokens=50m or monthlyCostUsd=20.");
            var next = isDefaults ? With(defaults, name, amount) : null;
            var nextCeilings = isDefaults ? null : With(ceilings, name, amount);
            if (next is null && nextCeilings is null) return Misused($"'{name}' is no limit that is set here.");
            (defaults, ceilings) = (next ?? defaults, nextCeilings ?? ceilings);
        }

        return Told(isDefaults
            ? await settings.SetLimitDefaultsAsync(Actor.OfThisMachine, defaults, invocation.Cancelled)
            : await settings.SetLimitCeilingsAsync(Actor.OfThisMachine, ceilings, invocation.Cancelled));
    }

    private static LimitDefaults? With(LimitDefaults limits, string name, long? amount) => name switch
    {
        "dailyInputTokens" => limits with { DailyInputTokens = amount },
        "dailyOutputTokens" => limits with { DailyOutputTokens = amount },
        "monthlyCostUsd" => limits with { MonthlyCostNanodollars = amount },
        "requests" when amount is null or <= int.MaxValue => limits with { Requests = (int?)amount },
        "alertPercent" when amount is null or <= int.MaxValue => limits with { AlertPercent = (int?)amount },
        _ => null,
    };

    private static LimitCeilings? With(LimitCeilings limits, string name, long? amount) => name switch
    {
        "dailyInputTokens" => limits with { DailyInputTokens = amount },
        "dailyOutputTokens" => limits with { DailyOutputTokens = amount },
        "monthlyCostUsd" => limits with { MonthlyCostNanodollars = amount },
        _ => null,
    };

    private static Report Misused(string what) => Report.Misused([new Problem(what)]);

    private static Report Told(Edited<SettingsInForce> edited) => edited.Value is { } inForce
        ? Report.Done(
            terminal =>
            {
                var listing = new Terminals.Listing("SETTING", "VALUE", "SET", "BY");
                foreach (var name in PlatformSettingRows.Names)
                {
                    var row = inForce.Rows.FirstOrDefault(one => one.Name == name);
                    listing.Add(name, row?.Value ?? "-", row?.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "-", row?.UpdatedBy ?? "-");
                }

                terminal.Write(listing);
            },
            json =>
            {
                json.WriteStartObject();
                foreach (var row in inForce.Rows)
                {
                    json.WritePropertyName(row.Name);
                    json.WriteRawValue(row.Value);
                }

                json.WriteEndObject();
            })
        : Report.Failed(new Problem(edited.Error!));
}
