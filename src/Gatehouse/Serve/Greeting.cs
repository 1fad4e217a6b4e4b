using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Configuration;
using Gatehouse.Control;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Server;
using Gatehouse.Installations;
using Gatehouse.Processes;
using Gatehouse.Storage;
using Gatehouse.Terminals;
using Gatehouse.Tokens;

namespace Gatehouse.Serve;

/// <summary>What <c>serve</c> prints once it can be reached: where it is, which providers have keys, and how to start the agents.</summary>
/// <param name="installation">Database and keys.</param>
/// <param name="configuration">The configuration in force.</param>
/// <param name="server">The server, which listens.</param>
/// <param name="first">The first client token, which is shown here and never again; null when there was one.</param>
internal sealed class Greeting(Installation installation, ConfigSource configuration, GatewayServer server, MintedToken? first)
{
    private const int Margin = 16;

    /// <summary>Prints it for people.</summary>
    public void Print(Terminal terminal)
    {
        var ink = terminal.Ink;
        terminal.Say($"{ink.Strong($"Gatehouse {ProgramVersion.Text}")} listens on {ink.Strong(string.Join(", ", server.Addresses))}");
        Line(terminal, "data directory", installation.Store.Directory + (IsUsual(installation.Store.Directory) ? "" : " (other commands need the same --data-dir)"));
        Line(terminal, "configuration", ConfigView.Source(configuration.Status.Location));
        if (installation.NewKeyFile is { } file)
            Line(terminal, "master key", $"{file} (made just now: keep a copy, stored provider keys can't be opened without it)");
        if (configuration.Current.Config.Auth.Anonymous == AnonymousAccess.Loopback)
            Line(terminal, "anonymous", ConfigView.Anonymous(configuration.Current.Config));
        PrintProviders(terminal);
        terminal.Say();
        PrintToken(terminal);
        AgentLines.Print(terminal, RunningServer.Reachable(server.Addresses[0]), first?.Text.Reveal() ?? AgentLines.Placeholder);
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteTexts("addresses", server.Addresses);
        json.WriteString("data_directory", installation.Store.Directory);
        json.WriteString("configuration", ConfigView.Source(configuration.Status.Location));
        json.WriteString("new_master_key", installation.NewKeyFile);
        json.WriteString("anonymous", configuration.Current.Config.Auth.Anonymous == AnonymousAccess.Loopback ? "loopback" : "off");
        json.WriteStartArray("providers");
        foreach (var provider in configuration.Current.Providers)
        {
            json.WriteStartObject();
            json.WriteString("name", provider.Name);
            json.WriteString(
                "key_from", server.Credentials.Current.Find(provider.Name) is { } credential ? ProviderKeys.Origin(credential) : null);
            json.WriteBoolean("needs_key", provider.Name != Provider.SimulatorName && !ProviderKeys.IsOpen(provider));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("first_token");
        if (first is null) json.WriteNullValue();
        else TokenView.Write(json, first.Token, first.Text);
        json.WriteEndObject();
    }

    private void PrintProviders(Terminal terminal)
    {
        var head = "providers";
        foreach (var provider in configuration.Current.Providers)
        {
            Line(terminal, head, $"{provider.Name,-12}  {Key(terminal.Ink, provider)}");
            head = "";
        }

        if (configuration.Current.Providers.Any(HasKey)) return;
        Line(terminal, head, terminal.Ink.Bad("no provider has a key yet, so no real model can be called. Either of these adds one:"));
        Line(terminal, "", "gatehouse credential add anthropic          # asks for the key; see 'gatehouse presets' for the names");
        Line(terminal, "", "ANTHROPIC_API_KEY=… gatehouse serve         # a key in the environment is found by itself");
    }

    private bool HasKey(Provider provider) => provider.Name != Provider.SimulatorName
        && (ProviderKeys.IsOpen(provider) || server.Credentials.Current.Find(provider.Name) is not null);

    private string Key(Ink ink, Provider provider)
    {
        if (provider.Name == Provider.SimulatorName) return "simulated; answers models named sim/…, such as sim/echo";
        if (server.Credentials.Current.Find(provider.Name) is { } credential) return $"key from {ProviderKeys.Origin(credential)}";
        if (server.Credentials.Current.LoginOf(provider.Name)?.Problem is { } problem) return ink.Bad("no login") + $": {problem}";
        if (ProviderKeys.IsOpen(provider)) return "needs no key";
        var variable = provider.KeyVariables.IsEmpty ? "" : $", or set {string.Join(" or ", provider.KeyVariables)}";
        return ink.Bad("no key") + $": gatehouse credential add {provider.Name}{variable}";
    }

    private void PrintToken(Terminal terminal)
    {
        if (first is null)
        {
            terminal.Say("Callers present a token. To make another:  gatehouse token create --name NAME");
            return;
        }

        terminal.Say($"The first client token, '{first.Token.Name}'. It is shown this once: only its keyed hash is stored. To make another:  gatehouse token create");
        terminal.Say();
        terminal.Say($"  {terminal.Ink.Strong(first.Text.Reveal())}");
    }

    private static bool IsUsual(string directory)
    {
        try
        {
            return directory == DataDirectory.Resolve(null);
        }
        catch (StoreException)
        {
            // There is no usual one without a home directory.
            return false;
        }
    }

    private static void Line(Terminal terminal, string head, string text) =>
        terminal.Say($"  {terminal.Ink.Faint(head.PadRight(Margin))}{text}");
}
