using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Reports;

/// <summary>One of a client's settings files as it was found. Immutable.</summary>
public sealed class FoundFile
{
    // Not a settings file any more, whatever its name; the editors refuse it too.
    private const long Largest = 16 << 20;

    private readonly ConfigDocument? _document;

    private FoundFile(SettingsFile file, bool exists, UnixFileMode? mode, ConfigDocument? document, string? fault, ClientSettings settings) =>
        (Path, Role, Exists, Mode, _document, Fault, Settings) = (file.Path, file.Role, exists, mode, document, fault, settings);

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>What it is to the client.</summary>
    public SettingsRole Role { get; }

    /// <summary>Whether it is there.</summary>
    public bool Exists { get; }

    /// <summary>Who may read it; null when it is not there, or the system has no such modes.</summary>
    public UnixFileMode? Mode { get; }

    /// <summary>Why it can't be read, with line and column where that is known; null when it can.</summary>
    public string? Fault { get; }

    /// <summary>What it says about where the client calls.</summary>
    public ClientSettings Settings { get; }

    /// <summary>
    /// The text, number or truth at a key such as <c>model_providers.gatehouse.wire_api</c> (keys with other letters than those of a word
    /// are written as JSON strings); null when it is missing, or an object or list. Numbers are as written, truths <c>true</c> or <c>false</c>.
    /// </summary>
    /// <exception cref="FormatException">It is no key.</exception>
    public string? Value(string key) => _document?.Find(KeyPath.Parse(key)) switch
    {
        ConfigString text => text.Text,
        ConfigNumber number => number.Text,
        ConfigBoolean truth => truth.Value ? "true" : "false",
        _ => null,
    };

    /// <summary>What kind of value stands at a key, such as <c>an object</c>; null when nothing does.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    public string? Kind(string key) => _document?.Find(KeyPath.Parse(key))?.Kind;

    /// <summary>The names of the members of the object at a key, in order; none when there is no object. The empty key means the whole.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    public IReadOnlyList<string> Members(string key) =>
        _document?.Find(KeyPath.Parse(key)) is ConfigObject members ? [.. members.Members.Select(member => member.Key)] : [];

    /// <summary>The line of a key, from 1; null when it is not there.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    public int? Line(string key) => _document?.Place(KeyPath.Parse(key))?.Line;

    /// <summary>Reads a file.</summary>
    internal static FoundFile Read(Client client, SettingsFile file, Surroundings at)
    {
        byte[] bytes;
        UnixFileMode? mode = null;
        try
        {
            var info = new FileInfo(file.Path);
            if (!info.Exists && !Directory.Exists(file.Path)) return new FoundFile(file, false, null, null, null, ClientSettings.None);
            if (!OperatingSystem.IsWindows()) mode = info.UnixFileMode;
            if (info.Exists && info.Length > Largest) return new FoundFile(file, true, mode, null, "is too large for a settings file", ClientSettings.None);
            bytes = File.ReadAllBytes(file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FoundFile(file, true, mode, null, e.Message, ClientSettings.None);
        }

        var document = ConfigDocument.Parse(file.Syntax, bytes, out var fault);
        return new FoundFile(file, true, mode, document, fault?.ToString(), document is null ? ClientSettings.None : client.Read(document.Root, at));
    }
}
