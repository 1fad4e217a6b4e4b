using System.Runtime.InteropServices;

namespace Gatehouse.Terminals;

/// <summary>Standard input of the process, which may have been closed by whoever started it.</summary>
internal static partial class StandardInput
{
    private const int Descriptor = 0, GetFlags = 1, CloseOnExec = 1;

    /// <summary>
    /// Whether the process began without one. The number is then given to the first file that the runtime opens for itself, a pipe to which nobody writes, and reading from that would
    /// never end. Such files are closed where another program is started; one that was handed on by starting this program is not, or it would not be here.
    /// </summary>
    public static bool IsClosed => !OperatingSystem.IsWindows() && (FileControl(Descriptor, GetFlags) & CloseOnExec) != 0;

    /// <summary>What it holds; nothing when it is closed.</summary>
    public static TextReader Reader => IsClosed ? TextReader.Null : Console.In;

    // -1, which is closed too, when the number is nobody's.
    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileControl(int descriptor, int command);
}
