using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using Gatehouse.ClaudeCli.Programs;

namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>Runs the program for one short answer: its version, its login.</summary>
internal static class ProgramCommand
{
    private static readonly SearchValues<char> s_ofVersions = SearchValues.Create("0123456789.");

    /// <summary>The program of this version is the oldest that was tried; an older one is refused.</summary>
    public static Version Oldest { get; } = new(2, 1, 197);

    /// <summary>Runs it to its end and returns what it printed; null when it can't be started, does not end in time, or ends by a signal.</summary>
    /// <param name="program">Its whole path.</param>
    /// <param name="arguments">What it is asked.</param>
    /// <param name="profile">The account that it is asked about.</param>
    /// <param name="machine">Reads a variable of the gateway's own environment.</param>
    /// <param name="limit">Ends it.</param>
    public static async Task<byte[]?> AskAsync(
        string program, IReadOnlyList<string> arguments, ClaudeProfile profile, Func<string, string?> machine, CancellationToken limit)
    {
        using var process = new Process { StartInfo = Start(program, arguments, profile, machine) };
        process.StartInfo.RedirectStandardInput = process.StartInfo.RedirectStandardOutput = process.StartInfo.RedirectStandardError = true;
        ProcessGroup.OwnSession(process.StartInfo);
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

        try
        {
            process.StandardInput.Close();
            using var printed = new MemoryStream();
            // Both, or a talkative one would wait for its reader.
            await Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(printed, limit), process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit));
            await process.WaitForExitAsync(limit);
            return printed.ToArray();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
        finally
        {
            if (!process.HasExited) ProcessGroup.Destroy(process);
        }
    }

    /// <summary>How the program is started under an account, on this process's own streams unless they are redirected.</summary>
    public static ProcessStartInfo Start(string program, IReadOnlyList<string> arguments, ClaudeProfile profile, Func<string, string?> machine)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        start.Environment.Clear();
        foreach (var (name, value) in profile.Environment(machine)) start.Environment[name] = value;
        return start;
    }

    /// <summary>The version in what <c>--version</c> prints; null when there is none.</summary>
    public static Version? VersionIn(ReadOnlySpan<byte> printed)
    {
        var text = System.Text.Encoding.UTF8.GetString(printed).Trim();
        var end = text.AsSpan().IndexOfAnyExcept(s_ofVersions);
        return Version.TryParse(end < 0 ? text : text[..end], out var version) ? version : null;
    }
}
