using System.Text;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

/// <summary>A temporary folder with a state folder in it, and the few things that the tests of files do all the time.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public string this[string name] => _folder[name];

    public string Path => _folder.Path;

    public StateFolder State => new(_folder["state"]);

    public SafeFiles Files(Action<WriteStep, string>? onStep = null) => new(State, new StandingClock()) { OnStep = onStep, Patience = TimeSpan.Zero };

    /// <summary>A change of a file as it is now.</summary>
    public FileChange Change(string name, string? after) => new(FileState.Read(this[name], out _)!, after is null ? null : Encoding.UTF8.GetBytes(after));

    public string Put(string name, string content, UnixFileMode? mode = null)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
        if (mode is { } given && !OperatingSystem.IsWindows()) File.SetUnixFileMode(this[name], given);
        return this[name];
    }

    /// <summary>All files outside of the state folder with their contents, as one text.</summary>
    public string Contents() => string.Join("\n", Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
        .Where(file => !file.StartsWith(State.Path, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(file => $"{System.IO.Path.GetRelativePath(Path, file)}: {File.ReadAllText(file)}"));

    public void Dispose() => _folder.Dispose();

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
