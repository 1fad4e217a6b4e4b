using System.Globalization;
using Gatehouse.EndToEnd.Processes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// The real <c>claude</c> program with a copier of what it is told, so that the process of a conversation is known by what its client wrote, and its last word can be read
/// when it is gone. In its process group is also one that only being killed ends.
/// </summary>
/// <param name="folder">Where the copies are.</param>
internal sealed class OverheardProgram(string folder)
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    /// <summary>Puts the program in a folder, with its copier. Returns the path to start it by.</summary>
    public static string Install(string program, string folder)
    {
        File.CreateSymbolicLink(Path.Combine(folder, "program"), program);
        var path = Path.Combine(folder, "overheard.sh");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Programs", "overheard.sh"), path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The one process that was told a text; its group has its id.</summary>
    public async Task<int> ToldAsync(string text)
    {
        using var limit = new CancellationTokenSource(s_ceiling);
        while (true)
        {
            var told = Directory.EnumerateFiles(folder, "input-*").Where(file => Read(file).Contains(text, StringComparison.Ordinal)).ToList();
            if (told.Count > 0) return int.Parse(Path.GetFileName(told.ShouldHaveSingleItem())["input-".Length..], CultureInfo.InvariantCulture);
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>
    /// Waits until nothing of a process's group is left, which held the program and one that would not go; and its last word must have been to stop. Whoever copied that was
    /// of the group, so it was said before the group was ended.
    /// </summary>
    public async Task ShouldBeInterruptedAndEndAsync(int process)
    {
        using var limit = new CancellationTokenSource(s_ceiling);
        while (ProcessTable.Group(process).Count > 0) await Task.Delay(20, limit.Token);
        Read(Path.Combine(folder, $"input-{process}")).TrimEnd().Split('\n')[^1].ShouldContain("\"subtype\":\"interrupt\"");
    }

    // Its writer has it open.
    private static string Read(string file)
    {
        using var open = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return open.ReadToEnd();
    }
}
