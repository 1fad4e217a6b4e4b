using System.Globalization;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Configuration;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;
using Gatehouse.Terminals;

namespace Gatehouse.Status;

/// <summary>How an installation's state is shown: never a key, always where it comes from.</summary>
internal sealed class StatusView(InstallationState state)
{
    private static readonly string[] s_ofLogins = ["method", "email", "subscriptionType"];

    private const int Margin = 16;
    private const string NoneNeeded = "needs none";

    private ConfigLocation File => ConfigView.Served(state.Section("configuration"), state.Location);

    /// <summary>Prints it for people.</summary>
    public void Print(Terminal terminal)
    {
        void Line(string head, string text) => terminal.Say($"{terminal.Ink.Faint(head.PadRight(Margin))}{text}");
        Line("server", Server(terminal.Ink));
        if (state.Server?.Health is { } health)
        {
            Line("health",
                $"{Text(health, "status")}, version {Text(health, "version")}, {Number(health, "exchanges_running")} exchanges running");
            if (state.Section("ledger") is { } ledger)
                Line("ledger", $"{Number(ledger, "pending_rows")} rows pending ({Number(ledger, "pending_seconds"):0.###} s), {Number(ledger, "lost_records")} records lost");
        }

        Line("data directory", state.Directory + (state is { Tokens: null, StoreFault: null } ? " (nothing there yet)" : ""));
        Line("configuration", ConfigView.Source(File) + (state.ConfigErrors.Count > 0 ? terminal.Ink.Bad(", at fault") : ""));
        Line("anonymous", state.IsAnonymous ? "on: programs on this machine need no token" : "off: every caller needs a token");
        if (state.Tokens is var (good, all)) Line("tokens", $"{good} good, {all} in all");
        Line("sqlite", $"{state.Sqlite.Version} ({state.Sqlite.Library})");
        PrintProviders(terminal);
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("running", state.IsServing);
        json.WriteString("data_directory", state.Directory);
        if (state.Server is { } server)
        {
            json.WriteStartObject("server");
            json.WriteNumber("pid", server.ProcessId);
            json.WriteString("address", server.Address);
            json.WritePropertyName("health");
            if (server.Health is { } health) health.WriteTo(json);
            else json.WriteNullValue();
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("server");
        }

        json.WriteString("configuration", ConfigView.Source(File));
        json.WriteTexts("configuration_errors", state.ConfigErrors);
        json.WriteString("anonymous", state.IsAnonymous ? "loopback" : "off");
        WriteProviders(json);
        if (state.Tokens is var (good, all))
        {
            json.WriteStartObject("tokens");
            json.WriteNumber("good", good);
            json.WriteNumber("all", all);
            json.WriteEndObject();
        }

        json.WriteString("sqlite", state.Sqlite.Version);
        json.WriteString("sqlite_library", state.Sqlite.Library);
        json.WriteEndObject();
    }

    private string Server(Ink ink) => state.Server switch
    {
        null => ink.Bad("not running") + ". Start it: gatehouse serve",
        { Address: null } starting =>
            ink.Bad("not serving") + $": process {starting.ProcessId} holds the data directory, but listens nowhere (yet)",
        { Health: null } silent => ink.Bad("not answering") + $": process {silent.ProcessId} on {silent.Address}",
        var running => ink.Good("running") + $" on {running.Address}, process {running.ProcessId}",
    };

    private void PrintProviders(Terminal terminal)
    {
        var providers = Providers().ToList();
        if (providers.Count == 0)
        {
            terminal.Say($"{terminal.Ink.Faint("providers".PadRight(Margin))}none. Add one: gatehouse credential add anthropic (see 'gatehouse presets')");
            return;
        }

        terminal.Say();
        var listing = new Listing("PROVIDER", "STATE", "KEY FROM");
        foreach (var (name, condition, key) in providers) listing.Add(name, condition, key ?? (IsOpen(name) ? NoneNeeded : "none"));
        terminal.Write(listing);
        PrintAccounts(terminal);
    }

    // Of providers that are programs; told by the server alone.
    private void PrintAccounts(Terminal terminal)
    {
        var listing = new Listing("ACCOUNT", "STATE", "LOGIN", "LIMITS");
        var any = false;
        foreach (var provider in state.Section("providers")?.EnumerateArray() ?? default)
        {
            if (!provider.TryGetProperty("program", out var program)) continue;
            foreach (var account in program.GetProperty("profiles").EnumerateArray())
            {
                any = true;
                listing.Add($"{Text(provider, "name")}/{Text(account, "name")}", Text(account, "status"), Login(account.GetProperty("auth")), Limits(account));
            }
        }

        if (!any) return;
        terminal.Say();
        terminal.Write(listing);
    }

    private static string Login(JsonElement auth) => string.Join(
        ", ", s_ofLogins.Where(name => auth.TryGetProperty(name, out _)).Select(name => Text(auth, name)).DefaultIfEmpty("unknown"));

    private static string Limits(JsonElement account)
    {
        if (account.TryGetProperty("exhausted_until", out var until)) return $"used up until {until.GetDateTimeOffset():yyyy-MM-dd HH:mm}Z";
        return string.Join(", ", account.GetProperty("windows").EnumerateArray().Select(static window =>
            $"{Text(window, "name")} {(window.TryGetProperty("utilization", out var used) ? used.GetDouble().ToString("0%", CultureInfo.InvariantCulture) : Text(window, "status"))}").DefaultIfEmpty("not told yet"));
    }

    private void WriteProviders(Utf8JsonWriter json)
    {
        json.WriteStartArray("providers");
        foreach (var (name, condition, key) in Providers())
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("state", condition);
            json.WriteString("key_from", key);
            if (Program(name) is { } program)
            {
                json.WritePropertyName("program");
                program.WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // The server's own list while it runs: its environment, and so its providers and their keys, may be others than this process's.
    private IEnumerable<(string Name, string State, string? Key)> Providers()
    {
        if (state.Section("providers") is { } served)
            return served.EnumerateArray().Select(p => (Text(p, "name"), Text(p, "state"), Served(p)));
        return (state.Config.Config?.Providers ?? []).Select(p => (p.Name, "not running", Key(p)));
    }

    private JsonElement? Program(string name)
    {
        foreach (var provider in state.Section("providers")?.EnumerateArray() ?? default)
        {
            if (Text(provider, "name") == name && provider.TryGetProperty("program", out var program)) return program;
        }

        return null;
    }

    private string? Served(JsonElement provider) => provider.TryGetProperty("key_from", out var key)
        ? key.GetString()
        : state.Config.Config?.Providers.FirstOrDefault(
            p => string.Equals(p.Name, Text(provider, "name"), StringComparison.OrdinalIgnoreCase)) is { } known ? Key(known) : null;

    private string? Key(Provider provider) => state.Credentials.Find(provider.Name) is { } credential
        ? ProviderKeys.Origin(credential)
        : ProviderKeys.IsOpen(provider) ? NoneNeeded : null;

    private bool IsOpen(string name) => name == Provider.SimulatorName
        || (state.Config.Config?.Providers.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) is { } known && ProviderKeys.IsOpen(known));

    private static string Text(JsonElement section, string name) =>
        section.TryGetProperty(name, out var value) ? value.ToString() : "unknown";

    private static double Number(JsonElement section, string name) => section.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}
