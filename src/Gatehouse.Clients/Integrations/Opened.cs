using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Files;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Integrations;

/// <summary>A settings file, read and understood.</summary>
/// <param name="State">The file.</param>
/// <param name="Document">What it says; a missing file says nothing.</param>
/// <param name="Syntax">Its language.</param>
internal sealed record Opened(FileState? State, ConfigDocument? Document, ConfigSyntax Syntax)
{
    /// <summary>Opens a file; null when it can't be read or understood, which <see cref="Fault"/> explains.</summary>
    public static Opened? Of(Client client, string path, Surroundings at)
    {
        var syntax = SyntaxOf(client, at);
        return FileState.Read(path, out _) is { } state && ConfigDocument.Parse(syntax, state.Bytes ?? [], out _) is { } document
            ? new Opened(state, document, syntax)
            : null;
    }

    /// <summary>Why a file can't be opened, with line and column where that is known.</summary>
    public static string Fault(Client client, string path, Surroundings at)
    {
        if (FileState.Read(path, out var refusal) is not { } state) return refusal!.ToString();
        ConfigDocument.Parse(SyntaxOf(client, at), state.Bytes ?? [], out var fault);
        return $"{path}, {fault}. It is left as it is: mend it first, for a file that can't be read can't be changed safely.";
    }

    private static ConfigSyntax SyntaxOf(Client client, Surroundings at) => client.Files(at).First(file => file.Role == SettingsRole.Person).Syntax;
}
