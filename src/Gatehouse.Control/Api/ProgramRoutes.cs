using System.Collections.Immutable;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Control.Api;

/// <summary>A limit of an account over a span of time; what the vendor did not tell is null.</summary>
internal sealed record WindowData(string Name, string Status, double? Utilization, DateTimeOffset? ResetsAt, DateTimeOffset SeenAt)
{
    /// <summary>Shows one.</summary>
    public static WindowData Of(LimitWindow one) => new(one.Name, one.Status, one.Utilization, one.ResetsAt, one.SeenAt);
}

/// <summary>An account that a program works under.</summary>
internal sealed record ProfileData(
    string Name, string Status, bool? LoggedIn, string? AuthMethod, string? Email, string? SubscriptionType, string? Error, DateTimeOffset? ExhaustedUntil,
    IReadOnlyList<WindowData> Windows)
{
    /// <summary>Shows one.</summary>
    public static ProfileData Of(AccountReport one) => new(
        one.Name, ProgramReport.Word(one.Health), one.LoggedIn, one.Method, one.Email, one.Plan, one.Error, one.ExhaustedUntil, [.. one.Windows.Select(WindowData.Of)]);
}

/// <summary>A provider that is a program.</summary>
internal sealed record ProgramData(
    string Provider, string Status, string Mode, string? Version, string? Error, int TurnsRunning, int TurnsWaiting, IReadOnlyList<ProfileData> Profiles)
{
    /// <summary>Shows one.</summary>
    public static ProgramData Of(ProgramReport one) => new(
        one.Provider, ProgramReport.Word(one.Health), one.Mode, one.Version, one.Error, one.Running, one.Waiting, [.. one.Accounts.Select(ProfileData.Of)]);
}

/// <summary>The route of the providers that are programs.</summary>
internal static class ProgramRoutes
{
    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/programs", Opens.Admins, "The providers that are programs: their version, turns, accounts, logins and limits, as last seen.", static call =>
            Task.FromResult(ApiAnswer.All(call.Desk.Programs(), ProgramData.Of))) { Answer = typeof(Listed<ProgramData>) },
    ];
}
