using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>Opens files of a folder by the system call that refuses any link on the way and any way out (Linux 5.6 and later: <c>openat2</c>).</summary>
internal static partial class BeneathFile
{
    // The numbers are the same on x64 and arm64 but for the flag that wants a folder, which is left out.
    private const long OpenAt2 = 437;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const ulong NoMagicLinks = 0x02;
    private const ulong NoSymlinks = 0x04;
    private const ulong Beneath = 0x08;
    private const int NotPermitted = 1;
    private const int CrossDevice = 18;
    private const int TooManyLinks = 40;
    private const int NotImplemented = 38;

    /// <summary>Opens a file; null where the system has no such call, or its sandbox does not let it through.</summary>
    /// <param name="folder">The real path of the folder.</param>
    /// <param name="relative">The file's path in it, without links.</param>
    /// <param name="writes">Whether to write, making the file if need be.</param>
    /// <exception cref="IOException">It can't be opened, or a link was put in the way.</exception>
    public static FileStream? Open(string folder, string relative, bool writes)
    {
        if (!OperatingSystem.IsLinux()) return null;
        using var root = new SafeFileHandle(open(folder, PathOnly | CloseOnExec), ownsHandle: true);
        if (root.IsInvalid) return null;
        var how = new How
        {
            // A pipe must not hold the gateway up before it is seen to be one.
            Flags = (ulong)((writes ? ReadWrite | Create : 0) | NonBlocking | CloseOnExec),
            Mode = writes ? Convert.ToUInt64("644", 8) : 0,
            Resolve = NoMagicLinks | NoSymlinks | Beneath,
        };
        var opened = syscall(OpenAt2, root, relative, ref how, Marshal.SizeOf<How>());
        if (opened >= 0) return new FileStream(new SafeFileHandle(opened, ownsHandle: true), writes ? FileAccess.ReadWrite : FileAccess.Read);
        return Marshal.GetLastPInvokeError() switch
        {
            NotPermitted or NotImplemented => null,
            TooManyLinks or CrossDevice => throw new IOException("A link leads out of the working folder"),
            var error => throw new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint syscall(long number, SafeFileHandle folder, string path, ref How how, nint size);

    /// <summary>The call's options, as the system defines them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct How
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
