using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Gateway.Sockets;

/// <summary>
/// The system calls of Linux that the data plane's sockets are driven with. None of them waits but <see cref="Wait"/>; each returns -1 and leaves its reason
/// in <see cref="Marshal.GetLastPInvokeError"/> when it fails. A handle that was closed throws <see cref="ObjectDisposedException"/>.
/// </summary>
internal static unsafe partial class LinuxSockets
{
    /// <summary>Nothing there yet, or no room (EAGAIN).</summary>
    public const int Again = 11;

    /// <summary>A connection is being made (EINPROGRESS).</summary>
    public const int InProgress = 115;

    /// <summary>A signal came in between (EINTR).</summary>
    public const int Interrupted = 4;

    /// <summary>Bytes to read, room to write, an error, the end of both directions, the end of what the other side sends; report changes only (EPOLL…).</summary>
    public const uint In = 0x1, Out = 0x4, Error = 0x8, HungUp = 0x10, PeerHungUp = 0x2000, Edges = 1u << 31;

    /// <summary>Bytes of one event: the kernel packs it on x64 and nowhere else.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private const int Add = 1, Remove = 2, CloseOnExec = 0x80000, DontWait = 0x40, NoSignal = 0x4000;

    private static readonly int s_dataAt = EventSize - sizeof(ulong);

    /// <summary>A new set of watched sockets.</summary>
    public static int CreateSet() => EpollCreate(CloseOnExec);

    /// <summary>Watches a socket for changes of everything above; its state as it is counts as the first change.</summary>
    public static int Watch(int set, SafeSocketHandle socket, ulong data)
    {
        var given = stackalloc byte[EventSize];
        *(uint*)given = In | Out | PeerHungUp | Edges;
        *(ulong*)(given + s_dataAt) = data;
        return EpollControl(set, Add, socket, given);
    }

    /// <summary>Watches a socket no more.</summary>
    public static int Unwatch(int set, SafeSocketHandle socket)
    {
        var none = stackalloc byte[EventSize];
        return EpollControl(set, Remove, socket, none);
    }

    /// <summary>Waits for changes and returns their number.</summary>
    public static int Wait(int set, byte* events, int most) => EpollWait(set, events, most, -1);

    /// <summary>What changed, and the number that its socket was watched with.</summary>
    public static (uint Changes, ulong Data) EventAt(byte* events, int index)
    {
        var at = events + (index * EventSize);
        return (*(uint*)at, *(ulong*)(at + s_dataAt));
    }

    /// <summary>Receives what is there, at most as much as the memory holds; 0 when the other side has ended.</summary>
    public static int Receive(SafeSocketHandle socket, Span<byte> memory)
    {
        fixed (byte* at = memory) return (int)Receive(socket, at, memory.Length, DontWait);
    }

    /// <summary>Sends as much as there is room for.</summary>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes) return (int)Send(socket, at, bytes.Length, DontWait | NoSignal);
    }

    /// <summary>Sends several pieces in one call, as much as there is room for.</summary>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<Piece> pieces)
    {
        fixed (Piece* at = pieces)
        {
            var message = new Message { Pieces = at, Count = pieces.Length };
            return (int)SendMessage(socket, &message, DontWait | NoSignal);
        }
    }

    /// <summary>Begins to connect a socket that does not block.</summary>
    public static int Connect(SafeSocketHandle socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* at = address) return Connect(socket, at, address.Length);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int set, int operation, SafeSocketHandle socket, byte* given);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int set, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Receive(SafeSocketHandle socket, byte* memory, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Send(SafeSocketHandle socket, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SendMessage(SafeSocketHandle socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Connect(SafeSocketHandle socket, byte* address, int length);

    /// <summary>A piece of pinned memory (struct iovec).</summary>
    public struct Piece
    {
        /// <summary>Where it begins.</summary>
        public void* At;

        /// <summary>Its bytes.</summary>
        public nint Length;
    }

    /// <summary>struct msghdr, of which only the pieces are used.</summary>
    private struct Message
    {
        public void* Name;
        public nint NameLength;
        public Piece* Pieces;
        public nint Count;
        public void* Control;
        public nint ControlLength;
        public nint Flags;
    }
}
