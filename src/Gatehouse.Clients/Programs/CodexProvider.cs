using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Programs;

/// <summary>A provider's table in the settings of Codex, which refuses keys that it does not know.</summary>
internal static class CodexProvider
{
    private const string Reader = "cat";

    /// <summary>The table of a provider.</summary>
    public static KeyPath Table(string id) => KeyPath.Of("model_providers", id);

    /// <summary>Writes our table down.</summary>
    public static void Plan(Draft draft, KeyPath table, string address)
    {
        // Any name but "OpenAI", by which Codex switches on what only the vendor's own service has.
        draft.Set(table.Key("name"), ClientSetup.ProviderLabel);
        PlanKept(draft, table, address);
    }

    /// <summary>Points a table at Gatehouse and leaves what else is in it: its name, its retries, its headers.</summary>
    public static void PlanKept(Draft draft, KeyPath table, string address)
    {
        draft.Set(table.Key("base_url"), address);
        // The other word, "chat", is a fault since early 2026, and the only one that is known.
        draft.Set(table.Key("wire_api"), "responses");
        // With true, Codex tries a socket first and loses its time where there is none.
        draft.Set(table.Key("supports_websockets"), ConfigValue.From(false));
        PlanCredential(draft, table);
    }

    /// <summary>The credentials that a table names.</summary>
    public static IEnumerable<FoundCredential> Credentials(ConfigObject root, KeyPath table, Surroundings at)
    {
        if (root.Text(table.Key("env_key")) is { } variable) yield return Finding.InVariable(table.Key("env_key").ToString(), variable, at)!;
        if (root.Inline(table.Key("experimental_bearer_token"), CredentialKind.Token) is { } inline) yield return inline;
        if (root.Text(table.Key("auth").Key("command")) is not { } command) yield break;
        var path = table.Key("auth").ToString();
        var arguments = (root.Find(table.Key("auth").Key("args")) as ConfigArray)?.Items.OfType<ConfigString>().Select(item => item.Text).ToList() ?? [];
        yield return command == Reader && arguments is [var file]
            ? Finding.InFile(path, file, CredentialKind.Command)
            : new FoundCredential(CredentialKind.Command, path, string.Join(' ', arguments.Prepend(command)), null);
    }

    // One way of presenting a credential excludes the others. A command is asked at need; a variable that is missing stops Codex at start.
    private static void PlanCredential(Draft draft, KeyPath table)
    {
        draft.Remove(table.Key("experimental_bearer_token"));
        draft.Remove(table.Key("requires_openai_auth"));
        if (draft.TokenInFile())
        {
            draft.Remove(table.Key("env_key"));
            draft.Remove(table.Key("env_key_instructions"));
            draft.Set(table.Key("auth"), ConfigValue.Object(("command", ConfigValue.From(Reader)), ("args", ConfigValue.Strings(draft.Setup.TokenFile))));
            return;
        }

        draft.Remove(table.Key("auth"));
        draft.Set(table.Key("env_key"), ClientSetup.TokenVariable);
        draft.Set(table.Key("env_key_instructions"), "Set it to a token of Gatehouse: gatehouse token create --name codex");
    }
}
