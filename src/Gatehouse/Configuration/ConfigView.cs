using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Terminals;

namespace Gatehouse.Configuration;

/// <summary>A good configuration as it is shown: the values in force, and which file and variables they come from.</summary>
internal sealed class ConfigView
{
    private readonly GatehouseConfig _config;
    private readonly List<RouteLine> _routes;
    private readonly string _source;
    private readonly List<string> _variables;

    /// <summary>Prepares what is shown.</summary>
    public ConfigView(GatehouseConfig config, ConfigLocation location, ConfigInputs inputs)
    {
        _config = config;
        _routes = [.. RouteLine.Of(config)];
        _source = Source(location);
        _variables = [.. inputs.Environment.Keys.Where(v => v.StartsWith("GATEHOUSE__", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Where a configuration is read from, in words.</summary>
    public static string Source(ConfigLocation location) =>
        File.Exists(location.Path) ? location.NamedBy is { } by
            ? $"{location.Path} (named by {by})" : location.Path : $"defaults ({location.Path} does not exist)";

    /// <summary>The file that a running server reads, by its own report; the one that this process would read where it does not say.</summary>
    /// <param name="running">The report's section on the configuration; null without a server.</param>
    /// <param name="own">Where this process finds it.</param>
    public static ConfigLocation Served(JsonElement? running, ConfigLocation own) =>
        running is { } report && report.TryGetProperty("file", out var file)
            ? new ConfigLocation(file.GetString()!, report.TryGetProperty("file_named_by", out var by) ? by.GetString() : null)
            : own;

    /// <summary>Prints it for people.</summary>
    public void Print(Terminal terminal)
    {
        terminal.Say($"configuration  {_source}");
        if (_variables.Count > 0) terminal.Say($"overridden by  {string.Join(", ", _variables)}");
        terminal.Say($"listen         {string.Join(", ", _config.Listen)}");
        terminal.Say($"anonymous      {Anonymous(_config)}");
        terminal.Say();
        PrintProviders(terminal);
        PrintRoutes(terminal);
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("source", _source);
        json.WriteTexts("overridden_by", _variables);
        json.WriteTexts("listen", _config.Listen.Select(a => a.ToString()));
        json.WriteBoolean("allow_remote", _config.AllowRemote);
        json.WriteString("anonymous", _config.Auth.Anonymous == AnonymousAccess.Loopback ? "loopback" : "off");
        json.WriteStartArray("providers");
        foreach (var provider in _config.Providers) Write(json, provider);
        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (var route in _routes) Write(json, route);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Who may call without a token, in words.</summary>
    public static string Anonymous(GatehouseConfig config) => config.Auth.Anonymous == AnonymousAccess.Loopback
        ? $"loopback: programs on this machine need no token and count as '{config.Auth.AnonymousToken}'"
        : "off: every caller needs a token";

    private void PrintProviders(Terminal terminal)
    {
        if (_config.Providers.IsEmpty)
        {
            terminal.Say("No providers: put a key such as ANTHROPIC_API_KEY into the environment, or name providers in the file.");
            return;
        }

        var listing = new Listing("PROVIDER", "FROM", "PRESET", "KEY VARIABLES", "DIALECT", "ADDRESS");
        foreach (var provider in _config.Providers)
        {
            var first = true;
            foreach (var endpoint in provider.Endpoints.Values.OrderBy(e => e.Dialect))
            {
                listing.Add(
                    first ? provider.Name : "",
                    first ? provider.Source : "",
                    first ? provider.Preset ?? "-" : "",
                    first ? provider.KeyVariables.IsEmpty ? "-" : string.Join(", ", provider.KeyVariables) : "",
                    endpoint.Dialect.Name(),
                    // A program has no address; the one that stands for it leads nowhere.
                    provider.Program is { } program ? $"the program {program.Path}" : endpoint.BaseAddress.AbsoluteUri.TrimEnd('/'));
                first = false;
            }
        }

        terminal.Write(listing);
    }

    private void PrintRoutes(Terminal terminal)
    {
        if (_routes.Count == 0) return;
        terminal.Say();
        var listing = new Listing("MODEL", "GOES TO", "RULE OF");
        foreach (var route in _routes) listing.Add(route.Match, string.Join(", then ", route.Targets.Select(Words)), route.Rule);
        terminal.Write(listing);
    }

    private static string Words(ModelTarget target) =>
        target.Provider + (target.Model is { } model ? $" as {model}" : "")
            + (target.Dialect is { } dialect ? $" in {dialect.Name()}" : "");

    private static void Write(Utf8JsonWriter json, Provider provider)
    {
        json.WriteStartObject();
        json.WriteString("name", provider.Name);
        json.WriteString("source", provider.Source);
        json.WriteString("preset", provider.Preset);
        json.WriteTexts("key_variables", provider.KeyVariables);
        json.WriteStartObject("endpoints");
        foreach (var endpoint in provider.Endpoints.Values.OrderBy(e => e.Dialect))
            json.WriteString(endpoint.Dialect.Name(), endpoint.BaseAddress.AbsoluteUri.TrimEnd('/'));
        json.WriteEndObject();
        json.WriteTexts("edits", provider.Edits.Select(e => e.Name).Distinct());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RouteLine route)
    {
        json.WriteStartObject();
        json.WriteString("match", route.Match);
        json.WriteString("rule", route.Rule);
        json.WriteStartArray("targets");
        foreach (var target in route.Targets)
        {
            json.WriteStartObject();
            json.WriteString("provider", target.Provider);
            json.WriteString("model", target.Model);
            json.WriteString("dialect", target.Dialect?.Name());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
