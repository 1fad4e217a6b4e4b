using System.Text;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Programs;

namespace Gatehouse.Clients.Setups;

/// <summary>Makes snippets: from the same rules by which files are written, so that both say the same.</summary>
public static class Snippets
{
    /// <summary>A client's snippet in one of its <see cref="Client.Formats"/>.</summary>
    /// <exception cref="ArgumentException">It is none of the client's forms.</exception>
    public static Snippet Make(Client client, ClientSetup setup, SnippetFormat format, Surroundings at) => format switch
    {
        _ when !client.Formats.Contains(format) => throw new ArgumentException($"{client.Label} has no {format} snippet", nameof(format)),
        SnippetFormat.Text => new Snippet(format, string.Join('\n', client.Steps(setup)), null, []),
        SnippetFormat.Env => new Snippet(format, string.Join('\n', Variables(client, setup)), null, []),
        SnippetFormat.Shell => new Snippet(format, Shell(client, setup)!, null, []),
        _ => OfFile(client, setup, format, at),
    };

    /// <summary>The commands for a POSIX shell that set a client up in it; null when the client takes its provider from no variable.</summary>
    public static string? Shell(Client client, ClientSetup setup)
    {
        if (client.Shell(setup) is not { } shell) return null;
        var lines = shell.Set.Select(variable => $"export {variable.Key}={ShellText.Quote(variable.Value)}").ToList();
        if (shell.Unset.Count > 0) lines.Add($"unset {string.Join(' ', shell.Unset)}");
        // Arguments that it needs as well: the shell's own command of that name puts them before those of the person.
        if (shell.Wrapper.Count > 0)
            lines.Add($"{client.Executable}() {{ command {client.Executable} {string.Join(' ', shell.Wrapper.Select(ShellText.Quote))} \"$@\"; }}");
        return string.Join('\n', lines);
    }

    /// <summary>A client's settings in one line of JSON, the token in them.</summary>
    internal static string Compact(Client client, ClientSetup setup) => JsonText.OneLine(Empty(client, setup, "/", new Surroundings("/", "/", _ => null)).Root);

    private static IEnumerable<string> Variables(Client client, ClientSetup setup) =>
        client.Shell(setup)!.Set.Select(variable => $"{variable.Key}={ShellText.Quote(variable.Value)}");

    private static Snippet OfFile(Client client, ClientSetup setup, SnippetFormat format, Surroundings at)
    {
        var file = client.Files(at).First(candidate => candidate.Role == SettingsRole.Person).Path;
        var document = Empty(client, setup, file, at, out var draft);
        var notes = draft.Files.Where(own => own.Path == setup.TokenFile)
            .Select(own => $"The token belongs into a file of its own, alone and for nobody else to read: (umask 077; printf %s {ShellText.Quote(own.Content)} > {ShellText.Quote(own.Path)})");
        return new Snippet(format, Encoding.UTF8.GetString(document.Bytes).TrimEnd('\n'), at.Shown(file), [.. notes]);
    }

    private static ConfigDocument Empty(Client client, ClientSetup setup, string file, Surroundings at) => Empty(client, setup, file, at, out _);

    private static ConfigDocument Empty(Client client, ClientSetup setup, string file, Surroundings at, out Draft draft)
    {
        // Nothing is asked of the program: a snippet is the same on every machine.
        draft = new Draft(setup, ConfigObject.Empty, at with { Ask = (_, _) => null }, file);
        client.Plan(draft);
        var syntax = client.Files(at).First(candidate => candidate.Role == SettingsRole.Person).Syntax;
        var outcome = ConfigDocument.Parse(syntax, [], out _)!.Apply(draft.Edits);
        return outcome.Document ?? throw new InvalidOperationException(outcome.Refusal!.ToString());
    }
}
