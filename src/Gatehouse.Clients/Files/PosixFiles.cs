using System.Runtime.InteropServices;

namespace Gatehouse.Clients.Files;

/// <summary>What the platform's own file classes do not offer on Unix: owners, link counts, and folders flushed to disk.</summary>
internal static partial class PosixFiles
{
    private const int KindMask = 0xF000, PlainKind = 0x8000;

    /// <summary>Owner, group and number of names of a file, and whether it is a plain one (no device, pipe or socket).</summary>
    public readonly record struct Ownership(uint User, uint Group, uint Names, bool IsPlain);

    /// <summary>The ownership of a file; null where the system does not tell (statx is Linux's own).</summary>
    public static unsafe Ownership? OwnershipOf(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        const int here = -100, basic = 0x7FF;
        Span<byte> answer = stackalloc byte[256];
        try
        {
            fixed (byte* at = answer)
            {
                if (StatX(here, path, 0, basic, at) != 0) return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
        // struct statx of the kernel's ABI: link count at 16, user at 20, group at 24, 32 bits each in the machine's order; the mode, 16 bits, at 28.
        var mode = BitConverter.ToUInt16(answer[28..]);
        return new Ownership(Number(answer[20..]), Number(answer[24..]), Number(answer[16..]), (mode & KindMask) == PlainKind);
    }

    /// <summary>Gives a file to a user and group; false when that is not allowed.</summary>
    public static bool Give(string path, Ownership to) => OperatingSystem.IsWindows() || ChangeOwner(path, to.User, to.Group) == 0;

    /// <summary>Writes a folder's entries to disk, so that a rename in it survives a loss of power. Where a file system can't, nothing happens.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = Open(folder, 0);
        if (handle < 0) return;
        _ = Flush(handle);
        _ = Close(handle);
    }

    private static uint Number(ReadOnlySpan<byte> at) => BitConverter.ToUInt32(at);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* answer);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
