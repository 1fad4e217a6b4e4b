using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Overlays;

/// <summary>The models that a person's own settings name, as far as they would lead nowhere during a run.</summary>
internal static class OwnModels
{
    /// <summary>The settings that name a model that Gatehouse does not answer to. A word without a hyphen is one of the client's own, such as <c>opus</c>.</summary>
    public static IEnumerable<SettingValue> Astray(OverlayRequest request, IEnumerable<FoundFile> files) => files
        .Where(file => file.Role is not (SettingsRole.State or SettingsRole.Managed or SettingsRole.Former))
        .SelectMany(file => file.Settings.Models)
        .Where(model => model.Text.Contains('-', StringComparison.Ordinal) && !request.Setup.IsRouted(model.Text))
        .DistinctBy(model => model.Path);

    /// <summary>What a person is told of one.</summary>
    public static string Told(SettingValue model) => $"Your own {model.Path} names {model.Text}, which Gatehouse does not answer to; this run goes without it.";
}
