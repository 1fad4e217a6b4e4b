using System.Collections.Immutable;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Reports;

/// <summary>Who a client's provider settings belong to.</summary>
public enum SettingsOwner
{
    /// <summary>Nobody: the client is as it came.</summary>
    Nobody,

    /// <summary>Gatehouse.</summary>
    Gatehouse,

    /// <summary>Another tool of this kind.</summary>
    Tool,

    /// <summary>The person.</summary>
    Person,
}

/// <summary>A mark that another tool has left in a client's settings.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Where">The file or key.</param>
public sealed record ForeignMark(string Tool, string Where);

/// <summary>
/// What was found of one client on this machine: the program, its files, what they say now, and who owns that. Nothing is changed by
/// looking. Immutable; holds credentials, masked.
/// </summary>
public sealed record ClientReport
{
    /// <summary>The client.</summary>
    public required Client Client { get; init; }

    /// <summary>Where its program lies; null when it is not on the path.</summary>
    public string? Program { get; init; }

    /// <summary>Every settings file that it reads, strongest first, also those that are not there.</summary>
    public ImmutableArray<FoundFile> Files { get; init; } = [];

    /// <summary>The file that is written for the person; null for a client that is not written.</summary>
    public FoundFile? Own { get; init; }

    /// <summary>The file that decides where the client calls: the strongest that says so; null when none does.</summary>
    public FoundFile? Deciding { get; init; }

    /// <summary>Who owns what the deciding file says.</summary>
    public SettingsOwner Owner { get; init; }

    /// <summary>What other tools have left behind.</summary>
    public ImmutableArray<ForeignMark> Marks { get; init; } = [];

    /// <summary>Looks at one client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="gateway">Gatehouse's address as this machine reaches it.</param>
    /// <param name="at">Where its files lie.</param>
    public static ClientReport Of(Client client, Uri gateway, Surroundings at)
    {
        var settings = client.Files(at);
        // In the home folder the person's file is where a project's would be; it is the person's.
        var own = settings.Where(file => file.Role == SettingsRole.Person).Select(file => Path.GetFullPath(file.Path)).ToHashSet();
        ImmutableArray<FoundFile> files =
        [
            .. settings.Where(file => file.Role is not (SettingsRole.Shared or SettingsRole.Project) || !own.Contains(Path.GetFullPath(file.Path)))
                .Select(file => FoundFile.Read(client, file, at)),
        ];
        var written = OwnFile(files, SettingsRole.Person);
        var deciding = files.FirstOrDefault(file => file.Role != SettingsRole.State && Says(file.Settings));
        var marks = ForeignMarks.Of(files);
        return new ClientReport
        {
            Client = client,
            Program = client.Executable is { } program ? ProgramOutput.Find(program, at.Variable("PATH")) : null,
            Files = files,
            Own = written,
            Deciding = deciding,
            Owner = Owns(deciding, gateway, marks),
            Marks = marks,
        };
    }

    /// <summary>What the program says its version is; null when it does not. Runs it.</summary>
    public string? Version(Surroundings at) =>
        Program is { } program && at.Ask(program, ["--version"]) is { } text ? text.Split('\n', 2)[0].Trim() : null;

    // Of several that could be written the first that is there, else the last: the plainest of them.
    internal static FoundFile? OwnFile(IReadOnlyList<FoundFile> files, SettingsRole role) =>
        files.FirstOrDefault(file => file.Role == role && file.Exists) ?? files.LastOrDefault(file => file.Role == role);

    private static bool Says(ClientSettings settings) => settings.BaseAddress is not null || settings.Provider is not null || !settings.Credentials.IsEmpty;

    private static SettingsOwner Owns(FoundFile? deciding, Uri gateway, ImmutableArray<ForeignMark> marks)
    {
        if (deciding is null) return SettingsOwner.Nobody;
        if (deciding.Settings.Provider == ClientSetup.ProviderId || LeadsTo(deciding.Settings.BaseAddress?.Text, gateway)) return SettingsOwner.Gatehouse;
        return marks.Any(mark => mark.Where.StartsWith(deciding.Path, StringComparison.Ordinal)) ? SettingsOwner.Tool : SettingsOwner.Person;
    }

    /// <summary>Whether an address is one of this gateway: the same host, whatever it is called, and port.</summary>
    public static bool LeadsTo(string? address, Uri gateway) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Port == gateway.Port
        && (uri.Host.Equals(gateway.Host, StringComparison.OrdinalIgnoreCase) || (uri.IsLoopback && gateway.IsLoopback));
}
