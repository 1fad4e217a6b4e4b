using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>
/// Opens files of a folder name by name on Linux: each folder on the way is opened in the open one above it, and no link is followed at any step. So the place that was
/// looked at is the place that is opened, whatever is renamed or linked meanwhile. It needs nothing that an old kernel or a sandbox may lack, as the one call that does all
/// this at once (<c>openat2</c>) would. Thread-safe.
/// </summary>
internal static partial class BeneathFile
{
    // The same on every machine.
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const int NoEntry = 2;
    private const int NoFolder = 20;
    private const int TooManyLinks = 40;
    private const uint AllMayEnter = 0b111_111_111;
    private const uint AllMayRead = 0b110_100_100;

    // These two have other bits on ARM and POWER (asm/fcntl.h).
    private static readonly bool s_hasOtherBits = RuntimeInformation.OSArchitecture is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64 or Architecture.Ppc64le;
    private static readonly int s_folderOnly = s_hasOtherBits ? 0x4000 : 0x10000;
    private static readonly int s_noLink = s_hasOtherBits ? 0x8000 : 0x20000;

    /// <summary>Opens a file that is there for reading.</summary>
    /// <param name="folder">The real path of the folder.</param>
    /// <param name="relative">The file's path in it, without links.</param>
    /// <exception cref="IOException">It can't be opened, or a link was put in the way.</exception>
    public static FileStream Open(string folder, string relative) => Open(folder, relative, writes: false);

    /// <summary>Opens a file for writing, making it and the folders on its way if need be. As <see cref="Open(string, string)"/>.</summary>
    public static FileStream OpenToWrite(string folder, string relative) => Open(folder, relative, writes: true);

    /// <summary>Opens a folder in it, to be named by what was opened (<c>/proc/self/fd</c>). As <see cref="Open(string, string)"/>.</summary>
    /// <param name="folder">The real path of the folder.</param>
    /// <param name="relative">The other's path in it, without links; empty for the folder itself.</param>
    public static SafeFileHandle OpenFolder(string folder, string relative) => Walk(folder, relative.Length == 0 ? [] : relative.Split('/'), makes: false);

    private static FileStream Open(string folder, string relative, bool writes)
    {
        var names = relative.Split('/');
        if (IsWay(names[^1])) throw Outside();
        using var above = Walk(folder, names.AsSpan(..^1), makes: writes);
        // A pipe must not hold the gateway up before it is seen to be one.
        var file = Taken(openat(above, names[^1], (writes ? ReadWrite | Create : 0) | NonBlocking | CloseOnExec | s_noLink, AllMayRead));
        return new FileStream(file, writes ? FileAccess.ReadWrite : FileAccess.Read);
    }

    private static SafeFileHandle Walk(string folder, ReadOnlySpan<string> names, bool makes)
    {
        foreach (var name in names)
        {
            if (IsWay(name)) throw Outside();
        }

        var at = Taken(open(folder, PathOnly | s_folderOnly | CloseOnExec));
        foreach (var name in names)
        {
            using var above = at;
            at = Step(above, name, makes);
        }

        return at;
    }

    // These are no names, but lead somewhere else.
    private static bool IsWay(string name) => name is "" or "." or "..";

    private static IOException Outside() => new("The path leads out of the working folder");

    private static SafeFileHandle Step(SafeFileHandle at, string name, bool makes)
    {
        var next = openat(at, name, PathOnly | s_folderOnly | CloseOnExec | s_noLink, 0);
        if (next < 0 && makes && Marshal.GetLastPInvokeError() == NoEntry)
        {
            // Another may have made it in between; and whatever that is, it is entered like any.
            _ = mkdirat(at, name, AllMayEnter);
            next = openat(at, name, PathOnly | s_folderOnly | CloseOnExec | s_noLink, 0);
        }

        return Taken(next);
    }

    private static SafeFileHandle Taken(int opened)
    {
        if (opened >= 0) return new SafeFileHandle(opened, ownsHandle: true);
        throw Marshal.GetLastPInvokeError() switch
        {
            TooManyLinks => new IOException("A link is in the way"),
            // What a step that may not follow one says of a link to a folder.
            NoFolder => new IOException("A file or a link is in the way"),
            var error => new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int openat(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int mkdirat(SafeFileHandle folder, string name, uint mode);
}
