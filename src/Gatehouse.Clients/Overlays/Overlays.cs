using Gatehouse.Clients.Programs;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Overlays;

/// <summary>Makes overlays: by the same rules by which files are written, so that a run and an apply say the same.</summary>
public static class Overlays
{
    /// <summary>The overlay of one run; null when the client can't be started with one.</summary>
    public static ClientOverlay? Of(Client client, OverlayRequest request)
    {
        if (!client.HasOverlay) return null;
        var report = ClientReport.Of(client, request.Setup.Gateway, request.At);
        // Nothing on a command line goes before them, so the token would be sent where they say.
        if (report.Files.FirstOrDefault(file => file.Role == SettingsRole.Managed && DecidesElsewhere(file, request.Setup.Gateway)) is { } managed)
        {
            return ClientOverlay.Refused(
                $"{managed.Path} decides where {client.Label} calls, and goes before everything that a run can say. Whoever manages this machine has to change it.");
        }

        return client.Overlay(request, request.Isolated ? [.. report.Files.Where(file => file.Role is SettingsRole.Project or SettingsRole.Shared)] : report.Files);
    }

    /// <summary>The overlay of a run in which the client calls its vendor itself, with a login of the user's; null when the client takes none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="request">What is wanted; its address and token are not used.</param>
    /// <param name="login">The login.</param>
    public static ClientOverlay? Native(Client client, OverlayRequest request, NativeLogin login)
    {
        var report = ClientReport.Of(client, request.Setup.Gateway, request.At);
        if (report.Files.FirstOrDefault(file => file.Role == SettingsRole.Managed && (file.Settings.BaseAddress is not null || file.Settings.Provider is not null || !file.Settings.Credentials.IsEmpty)) is { } managed)
        {
            return ClientOverlay.Refused(
                $"{managed.Path} decides where {client.Label} calls, and goes before everything that a run can say. Whoever manages this machine has to change it.");
        }

        return (client, login) switch
        {
            (ClaudeCode, { Token: { } token }) => ClaudeCodeLogin.Make(request, token),
            (Codex, { File: { } file }) => CodexLogin.Make(request, file, login.Refresh, [.. report.Files.Where(one => one.Role == SettingsRole.Person)]),
            _ => null,
        };
    }

    private static bool DecidesElsewhere(FoundFile file, Uri gateway) =>
        file.Settings is { BaseAddress: { } address } ? !ClientReport.LeadsTo(address.Text, gateway) : file.Settings.Provider is not null || !file.Settings.Credentials.IsEmpty;
}
