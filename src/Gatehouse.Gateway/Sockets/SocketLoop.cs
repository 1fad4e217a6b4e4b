using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Gateway.Sockets;

/// <summary>
/// A thread that waits for changes of many sockets and tells each one's <see cref="Wire"/>, which goes on there and then: between the arrival of bytes and the
/// code that reads them stands no queue and no other thread. There is one per processor, for the life of the program. Thread-safe.
/// </summary>
internal sealed unsafe class SocketLoop
{
    private const int MostEvents = 256;

    private static readonly SocketLoop?[] s_all = new SocketLoop[Environment.ProcessorCount];
    private static readonly Lock s_making = new();
    private static uint s_next;

    [ThreadStatic]
    private static SocketLoop? t_current;

    private readonly int _set;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Wire?[] _wires = new Wire?[64];
    private int _used;

    private SocketLoop()
    {
        _set = LinuxSockets.CreateSet();
        if (_set < 0) throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <summary>The loop whose thread asks; null on any other thread.</summary>
    public static SocketLoop? Current => t_current;

    /// <summary>The loop whose thread asks, else the next one in turn.</summary>
    public static SocketLoop Nearest() => t_current ?? Next();

    /// <summary>The next loop in turn.</summary>
    public static SocketLoop Next()
    {
        var at = Interlocked.Increment(ref s_next) % (uint)s_all.Length;
        return Volatile.Read(ref s_all[at]) ?? Start(at);
    }

    /// <summary>Begins to watch a socket; returns the place to give up with <see cref="Remove"/>.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public int Add(Wire wire, SafeSocketHandle socket)
    {
        int place;
        lock (_gate)
        {
            if (!_free.TryPop(out place)) place = _used++;
            if (place == _wires.Length)
            {
                var larger = new Wire?[place * 2];
                _wires.CopyTo(larger, 0);
                Volatile.Write(ref _wires, larger);
            }

            Volatile.Write(ref _wires[place], wire);
        }

        if (LinuxSockets.Watch(_set, socket, (ulong)place) == 0) return place;
        var error = Marshal.GetLastPInvokeError();
        Free(place);
        throw new SocketException(error);
    }

    /// <summary>Watches a socket no more. A change that was found before may still be told to whoever has its place next: changes are hints.</summary>
    public void Remove(int place, SafeSocketHandle socket)
    {
        try
        {
            _ = LinuxSockets.Unwatch(_set, socket);
        }
        catch (ObjectDisposedException)
        {
            // Closed, it is watched no more.
        }

        Free(place);
    }

    private static SocketLoop Start(uint at)
    {
        lock (s_making)
        {
            if (s_all[at] is { } made) return made;
            var loop = new SocketLoop();
            new Thread(loop.Run) { IsBackground = true, Name = $"sockets {at}" }.UnsafeStart();
            Volatile.Write(ref s_all[at], loop);
            return loop;
        }
    }

    private void Free(int place)
    {
        lock (_gate)
        {
            Volatile.Write(ref _wires[place], null);
            _free.Push(place);
        }
    }

    private void Run()
    {
        t_current = this;
        var events = stackalloc byte[MostEvents * LinuxSockets.EventSize];
        while (true)
        {
            var found = LinuxSockets.Wait(_set, events, MostEvents);
            if (found < 0 && Marshal.GetLastPInvokeError() != LinuxSockets.Interrupted)
                Environment.FailFast($"Waiting for sockets failed with error {Marshal.GetLastPInvokeError()}.");
            for (var i = 0; i < found; i++)
            {
                var (changes, place) = LinuxSockets.EventAt(events, i);
                Volatile.Read(ref Volatile.Read(ref _wires)[place])?.Changed(changes);
            }
        }
    }
}
