using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Setups;

/// <summary>A whole file of ours that goes with a client's settings.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Content">What it holds.</param>
/// <param name="Secret">Whether it is kept from other users of the machine.</param>
internal sealed record OwnFile(string Path, string Content, bool Secret);

/// <summary>
/// What a client's settings are to say, as the client writes it down: edits in order, whole files of ours beside them, and what a person
/// should know. Made for one setup and one file; used by one thread.
/// </summary>
/// <param name="setup">What is wanted.</param>
/// <param name="present">What the file says now.</param>
/// <param name="at">Where the client's files lie.</param>
/// <param name="file">The file.</param>
internal sealed class Draft(ClientSetup setup, ConfigObject present, Surroundings at, string file)
{
    private readonly List<Edit> _edits = [];
    private readonly List<OwnFile> _files = [];
    private readonly List<string> _warnings = [];

    /// <summary>What is wanted.</summary>
    public ClientSetup Setup => setup;

    /// <summary>What the file says now.</summary>
    public ConfigObject Present => present;

    /// <summary>Where the client's files lie.</summary>
    public Surroundings At => at;

    /// <summary>The folder of the file.</summary>
    public string Folder => Path.GetDirectoryName(file)!;

    /// <summary>The edits, in order.</summary>
    public IReadOnlyList<Edit> Edits => _edits;

    /// <summary>Whole files of ours.</summary>
    public IReadOnlyList<OwnFile> Files => _files;

    /// <summary>What a person should know.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>What the client's program prints when it is asked something; null when there is none or it fails.</summary>
    public string? Ask(string program, params IReadOnlyList<string> arguments) => at.Ask(program, arguments);

    /// <summary>Why it can't be done, for a person; null when it can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>A path is to hold a text.</summary>
    public void Set(KeyPath path, string text) => Set(path, ConfigValue.From(text));

    /// <summary>A path is to hold a value.</summary>
    public void Set(KeyPath path, ConfigValue value) => _edits.Add(Edit.Set(path, value));

    /// <summary>A path is to be gone; nothing happens when it is.</summary>
    public void Remove(KeyPath path) => _edits.Add(Edit.Remove(path));

    /// <summary>A path is to hold a number when there is one, and to be left alone otherwise.</summary>
    public void SetIfKnown(KeyPath path, int? number)
    {
        if (number is { } known) Set(path, ConfigValue.From(known));
    }

    /// <summary>A whole file of ours is to be there.</summary>
    public void Write(string path, string content, bool secret) => _files.Add(new OwnFile(path, content, secret));

    /// <summary>Tells a person something although it works.</summary>
    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Gives up; the first reason counts.</summary>
    public void Refuse(string reason) => Refusal ??= reason;

    /// <summary>The text at a path; null when there is none or it is none.</summary>
    public string? Text(KeyPath path) => (present.Find(path) as ConfigString)?.Text;

    /// <summary>Writes the token's own file where the setup wants one, and says whether it does.</summary>
    public bool TokenInFile()
    {
        if (setup.Credential != CredentialPlace.File) return false;
        Write(setup.TokenFile, setup.Token, secret: true);
        return true;
    }
}
