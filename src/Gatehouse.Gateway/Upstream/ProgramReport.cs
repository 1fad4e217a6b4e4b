using System.Collections.Immutable;
using System.Text.Json;

namespace Gatehouse.Gateway.Upstream;

/// <summary>How a program, or an account that it works under, is.</summary>
public enum ProgramHealth : byte
{
    /// <summary>Nobody has looked yet.</summary>
    Unknown = 0,

    /// <summary>It can serve.</summary>
    Healthy = 1,

    /// <summary>It serves in part, or nobody can tell: an account is used up or logged out, or the last look failed.</summary>
    Degraded = 2,

    /// <summary>It can't serve.</summary>
    Unhealthy = 3,
}

/// <summary>How a provider that is a program is: what probes, the administration and the metrics show. Holds no secret. Immutable.</summary>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Health">How it is as a whole.</param>
/// <param name="Mode">Who runs the tools: <c>client-tools</c> or <c>agent</c>.</param>
/// <param name="Version">The program's version; null while it is not known.</param>
/// <param name="Error">Why the program itself can't be used, and what helps; null when it can.</param>
/// <param name="Running">Turns running now.</param>
/// <param name="Waiting">Requests that wait for a turn.</param>
/// <param name="Accounts">The accounts that it works under, in the order of the configuration.</param>
public sealed record ProgramReport(
    string Provider, ProgramHealth Health, string Mode, string? Version, string? Error, int Running, int Waiting, ImmutableArray<AccountReport> Accounts)
{
    /// <summary>Writes it as an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("status", Word(Health));
        json.WriteString("mode", Mode);
        if (Version is not null) json.WriteString("version", Version);
        if (Error is not null) json.WriteString("error", Error);
        json.WriteNumber("turns_running", Running);
        json.WriteNumber("turns_waiting", Waiting);
        json.WriteStartArray("profiles");
        foreach (var account in Accounts) account.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The word for a state: <c>healthy</c>, <c>degraded</c>, <c>unhealthy</c>, <c>unknown</c>.</summary>
    public static string Word(ProgramHealth health) => health switch
    {
        ProgramHealth.Healthy => "healthy",
        ProgramHealth.Degraded => "degraded",
        ProgramHealth.Unhealthy => "unhealthy",
        _ => "unknown",
    };
}

/// <summary>How an account that a program works under is. Immutable.</summary>
/// <param name="Name">What requests name it by, in <c>x-gatehouse-profile</c>.</param>
/// <param name="Health">Degraded when it is used up for now, or when the last look failed.</param>
/// <param name="LoggedIn">Whether the program says that it is logged in; null while it was not asked.</param>
/// <param name="Method">How, in the program's word: <c>claude.ai</c>, <c>oauth_token</c>, <c>api_key</c>, <c>none</c>.</param>
/// <param name="Email">Whose login it is, where the program says it.</param>
/// <param name="Plan">The subscription, where the program says it.</param>
/// <param name="Error">What ails it and what helps; null when nothing does.</param>
/// <param name="ExhaustedUntil">When it can serve again, where it is used up; null when it is not.</param>
/// <param name="Windows">Its limits as the vendor last told them.</param>
public sealed record AccountReport(
    string Name, ProgramHealth Health, bool? LoggedIn, string? Method, string? Email, string? Plan, string? Error, DateTimeOffset? ExhaustedUntil,
    ImmutableArray<LimitWindow> Windows)
{
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        json.WriteString("status", ProgramReport.Word(Health));
        json.WriteStartObject("auth");
        if (LoggedIn is { } loggedIn) json.WriteBoolean("loggedIn", loggedIn);
        else json.WriteNull("loggedIn");
        if (Method is not null) json.WriteString("method", Method);
        if (Email is not null) json.WriteString("email", Email);
        if (Plan is not null) json.WriteString("subscriptionType", Plan);
        json.WriteEndObject();
        if (Error is not null) json.WriteString("error", Error);
        if (ExhaustedUntil is { } until) json.WriteString("exhausted_until", until);
        json.WriteStartArray("windows");
        foreach (var window in Windows)
        {
            json.WriteStartObject();
            json.WriteString("name", window.Name);
            json.WriteString("status", window.Status);
            if (window.Utilization is { } used) json.WriteNumber("utilization", used);
            if (window.ResetsAt is { } reset) json.WriteString("resets_at", reset);
            json.WriteString("seen_at", window.SeenAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A subscription's limit over a span of time, as the vendor last told it. Immutable.</summary>
/// <param name="Name">The vendor's word: <c>five_hour</c>, <c>seven_day</c>, <c>seven_day_opus</c> …</param>
/// <param name="Status">The vendor's word: <c>allowed</c>, <c>allowed_warning</c>, <c>rejected</c>.</param>
/// <param name="Utilization">How much of it is used, from 0 to 1; null where the program does not tell.</param>
/// <param name="ResetsAt">When it begins anew; null where the program does not tell.</param>
/// <param name="SeenAt">When that was told.</param>
public sealed record LimitWindow(string Name, string Status, double? Utilization, DateTimeOffset? ResetsAt, DateTimeOffset SeenAt);
