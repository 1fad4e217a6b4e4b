using System.Reflection;
using System.Text.Json;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Server;

/// <summary>How the gateway is doing, for probes, <c>/health</c> and the status command. Thread-safe.</summary>
internal sealed class ServerState(
    ConfigSource configuration, ExchangeGate gate, BodyBudget bodies, Ledger ledger, UpstreamHealth health, Live<CredentialTable> credentials,
    Func<int> unreadableRows, Func<IReadOnlyList<ProgramReport>>? programs = null)
{
    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(ServerState).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Why requests should not be sent here now; empty when they may.</summary>
    public IReadOnlyList<string> NotReadyReasons()
    {
        var reasons = new List<string>();
        if (gate.IsDraining) reasons.Add("shutting down");
        if (gate.Running >= configuration.Current.Config.Limits.MaxConcurrentExchanges) reasons.Add("as many exchanges run as are allowed");
        if (configuration.Current.Providers.IsEmpty) reasons.Add("no provider is configured and no provider key is in the environment");
        return reasons;
    }

    /// <summary>How the providers that are programs are.</summary>
    public IReadOnlyList<ProgramReport> Programs() => programs?.Invoke() ?? [];

    /// <summary>
    /// Writes the members of the health report. What ails a provider is no ground to restart the gateway, so the status is 200 – but where the only provider is a
    /// program that can't serve, nothing can be served, and it is 503.
    /// </summary>
    /// <returns>Whether something can be served.</returns>
    public bool WriteHealth(Utf8JsonWriter json)
    {
        var reports = Programs();
        var serves = !(configuration.Current.Providers.Length == 1 && reports is [{ Health: ProgramHealth.Unhealthy }]);
        if (!serves) json.WriteString("status", "unhealthy");
        else json.WriteString("status", NotReadyReasons().Count > 0 ? "not ready" : ledger.State.Degraded is null && configuration.Status.LastError is null ? "ok" : "degraded");
        json.WriteString("version", Version);
        json.WriteNumber("exchanges_running", gate.Running);
        json.WriteNumber("bodies_held_bytes", bodies.Held);
        // Which ones is told to those whose they are, where they look at them.
        json.WriteNumber("unreadable_rows", unreadableRows());
        json.WriteStartObject("configuration");
        json.WriteNumber("version", configuration.Current.Version);
        // Another process may look for it elsewhere.
        json.WriteString("file", configuration.Status.Location.Path);
        if (configuration.Status.Location.NamedBy is { } by) json.WriteString("file_named_by", by);
        if (configuration.Current.Config.Auth.Anonymous == AnonymousAccess.Loopback) json.WriteString("anonymous", "loopback");
        if (configuration.Status.LastError is { } bad) json.WriteString("reload_error", bad);
        json.WriteEndObject();
        json.WriteStartObject("ledger");
        var written = ledger.State;
        json.WriteNumber("pending_rows", written.PendingRows);
        json.WriteNumber("pending_seconds", written.PendingSeconds);
        json.WriteNumber("lost_records", written.Lost);
        if (written.Degraded is { } degraded) json.WriteString("degraded", degraded);
        json.WriteEndObject();
        json.WriteStartArray("providers");
        foreach (var provider in configuration.Current.Providers) WriteProvider(json, provider.Name, reports.FirstOrDefault(one => one.Provider == provider.Name));
        json.WriteEndArray();
        return serves;
    }

    private void WriteProvider(Utf8JsonWriter json, string name, ProgramReport? program)
    {
        var known = health.Of(name);
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("state", known.State.ToString().ToLowerInvariant());
        // Where its key comes from, never the key: another process can't see this one's environment.
        var table = credentials.Current;
        json.WriteString("key_from", table.Find(name)?.Origin);
        if (table.LoginOf(name) is { } login)
        {
            json.WriteStartObject("login");
            json.WriteString("state", login.Word);
            if (login.ExpiresAt is { } end) json.WriteString("expires_at", end);
            if (login.Problem is { } problem) json.WriteString("problem", problem);
            json.WriteEndObject();
        }

        json.WriteNumber("consecutive_faults", known.ConsecutiveFaults);
        if (known.LastSuccess is { } success) json.WriteString("last_success", success);
        if (known.LastFailure is { } failure) json.WriteString("last_failure", failure);
        if (known.LastFailureKind is { } kind) json.WriteString("last_failure_kind", kind);
        if (known.ClockAhead is { } ahead) json.WriteNumber("clock_ahead_seconds", Math.Round(ahead.TotalSeconds, 1));
        if (program is not null)
        {
            json.WritePropertyName("program");
            program.Write(json);
        }

        json.WriteEndObject();
    }
}
