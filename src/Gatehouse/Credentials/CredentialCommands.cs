using System.CommandLine;
using Gatehouse.Catalog;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;
using Gatehouse.Secrets;
using Gatehouse.Tenants;

namespace Gatehouse.Credentials;

/// <summary><c>gatehouse credential</c>: the platform's provider keys, sealed in the vault.</summary>
internal static class CredentialCommands
{
    private static readonly Argument<string?> s_provider = new("provider")
    {
        Description = "The provider's name: one of the configuration's, or a preset's such as anthropic or openai. A user's own key may leave it out where the agent has a usual one.",
        HelpName = "PROVIDER",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> s_name = new("--name")
    {
        Description = "What to call it. A provider may have several; the newest is used. [default: default; of a user's own, the provider or the kind]",
        HelpName = "NAME",
    };

    private static readonly Argument<string> s_which = new("credential")
    {
        Description = "The credential's id, its name, or PROVIDER/NAME.",
        HelpName = "ID|NAME",
    };

    static CredentialCommands() => s_provider.CompletionSources.Add([.. ProviderCatalog.Embedded.Presets.Select(preset => preset.Name)]);

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new(
        "credential", "Keep provider keys in the vault, sealed: the platform's, and users' own, which serve the agents that they are attached to. Works beside a running server.")
    {
        Add(),
        OwnedVerbs.Import(),
        OwnedVerbs.Replace(),
        ValidateVerb.Build(),
        new Verb("list", "List the credentials of the vault: everything but the keys.", "gatehouse credential list", "gatehouse credential list --owned")
            { OwnedVerbs.Owned, CommonOptions.Json }
            .ReadsInstallation(ListAsync),
        new Verb(
            "remove",
            "Remove a credential from the vault. A running server stops using it within a second.",
            "gatehouse credential remove anthropic/default",
            "gatehouse credential remove lab --owned") { s_which, OwnedVerbs.Owned, CommonOptions.Json }
            .RunsOnInstallation(RemoveAsync),
    };

    private static Verb Add()
    {
        var add = new Verb(
            "add",
            "Seal a provider's key into the vault. The key is read from standard input (or asked for, without showing it): never from an argument, where other programs could read it.",
            "gatehouse credential add anthropic               # asks for the key",
            "gatehouse credential add openai < key.txt",
            "printf %s \"$KEY\" | gatehouse credential add openai --name team",
            "gatehouse credential add groq --for codex --model openai/gpt-oss-120b < key.txt     # a user's own, attached to an agent",
            "gatehouse credential add --kind openai-compatible --base-url https://models.example.com/v1 --name lab < key.txt")
        {
            s_provider, s_name, OwnedVerbs.For, OwnedVerbs.Kind, OwnedVerbs.BaseUrl, OwnedVerbs.Dialect, TenantOptions.Project, TenantOptions.User, TenantOptions.Model, TenantOptions.Effort,
            CommonOptions.Json,
        }
            .NeverRepeats("There is a word too many. A key is read from standard input, never from an argument.")
            .RunsOnInstallation(AddAsync);
        // Told before anything is opened, as every other line that can't be understood.
        add.Validators.Add(static line =>
        {
            if (line.GetValue(s_provider) is null && line.GetValue(OwnedVerbs.For) is null && line.GetValue(OwnedVerbs.Kind) is null)
                line.AddError("The provider's name is missing, such as in: gatehouse credential add anthropic");
            // Not repeated: who mixes the two up gives a key in the place of the name.
            else if (line.GetValue(s_provider) is { } provider && !Provider.IsName(provider))
                line.AddError("That is no provider's name, such as anthropic. A key is read from standard input, never from an argument.");
        });
        return add;
    }

    private static async Task<Report> AddAsync(Invocation invocation, Installation installation)
    {
        var given = invocation.Parsed.GetValue(s_provider);
        if (invocation.Parsed.GetValue(OwnedVerbs.For) is not null || invocation.Parsed.GetValue(OwnedVerbs.Kind) is not null)
            return await OwnedVerbs.AddAsync(invocation, installation, given, invocation.Parsed.GetValue(s_name));
        var provider = given!;
        var known = KnownProviders(invocation);
        if (invocation.Terminal.ReadSecret($"Key for {provider} (not shown): ") is not { } typed)
            return Report.Failed(new Problem("No key was given; nothing was changed."));
        var edited =
            await installation.Vault.AddAsync(Control.Actor.OfThisMachine, provider, invocation.Parsed.GetValue(s_name) ?? "default", Secret.From(typed), invocation.Cancelled);
        if (edited.Value is not { } entry) return Report.Failed(new Problem(edited.Error!));
        var report = Report.Done(
            terminal => terminal.Note(
                $"Sealed credential '{entry.Name}' of {entry.Provider} ({entry.Id}). A running server uses it within a second."),
            json => CredentialView.Write(json, entry));
        if (known.Count == 0 || known.Contains(entry.Provider)) return report;
        return report with
        {
            Warnings = [$"No provider is named '{entry.Provider}' yet. Known: {string.Join(", ", known.Order(StringComparer.Ordinal))}. It is used once the configuration has one."],
        };
    }

    private static async Task<Report> ListAsync(Invocation invocation, Installation installation)
    {
        if (invocation.Parsed.GetValue(OwnedVerbs.Owned)) return await ListOwnedAsync(invocation, installation);
        var entries = await installation.Vault.ListAsync(Control.Actor.OfThisMachine, invocation.Cancelled);
        return Report.Done(terminal => CredentialView.Print(terminal, entries), json =>
        {
            json.WriteStartArray();
            foreach (var entry in entries) CredentialView.Write(json, entry);
            json.WriteEndArray();
        });
    }

    private static async Task<Report> RemoveAsync(Invocation invocation, Installation installation)
    {
        if (invocation.Parsed.GetValue(OwnedVerbs.Owned)) return await OwnedVerbs.RemoveAsync(invocation, installation, invocation.Parsed.GetValue(s_which)!);
        var edited = await installation.Vault.RemoveAsync(Control.Actor.OfThisMachine, invocation.Parsed.GetValue(s_which)!, invocation.Cancelled);
        return edited.Value is { } entry
            ? Report.Done(
                terminal => terminal.Note($"Removed credential '{entry.Name}' of {entry.Provider} ({entry.Id})."),
                json => CredentialView.Write(json, entry))
            : Report.Failed(new Problem(edited.Error!));
    }

    private static async Task<Report> ListOwnedAsync(Invocation invocation, Installation installation)
    {
        var entries = await installation.Tenants.Credentials.ListAsync(Control.Actor.OfThisMachine, invocation.Cancelled);
        return Report.Done(terminal => CredentialView.Print(terminal, entries), json => TenantView.WriteAll(json, entries, TenantView.Write));
    }

    // Empty when the configuration is bad: then nothing can be said about names, and that is another command's matter.
    private static HashSet<string> KnownProviders(Invocation invocation)
    {
        if (ConfigLoader.Load(invocation.UnkeyedInputs()).Config is not { } config) return [];
        return [.. config.Providers.Select(p => p.Name.ToLowerInvariant()),
            .. ProviderCatalog.Embedded.Presets.Where(p => !p.Endpoints.IsEmpty).Select(p => p.Name)];
    }
}
