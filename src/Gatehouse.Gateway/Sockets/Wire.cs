using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Gateway.Sockets;

/// <summary>
/// A connected socket that a loop watches: it receives and sends without waiting, and calls back once when it is worth trying again. What it knows of the socket's state is
/// a hint; only a try tells. One reader and one writer at a time; closing may come from any thread. Linux only.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private SocketLoop? _loop;
    private int _place;
    private Action? _onHungUp;
    private Action? _onReadable;
    private Action? _onWritable;
    private int _readEdges;
    private int _writeEdges;
    private volatile bool _readable;
    private volatile bool _writable;
    private volatile bool _hungUp;
    private bool _closed;

    /// <summary>Takes over a socket that nothing asynchronous was done with: the platform would go on watching it too.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public Wire(Socket socket)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
    }

    /// <summary>Whether the loops work here.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Whether something can probably be received.</summary>
    public bool IsReadable => _readable;

    /// <summary>Whether the other side has probably ended, behind what can still be received.</summary>
    public bool IsHungUp => _hungUp;

    /// <summary>Whether it goes on on the thread that asks.</summary>
    public bool IsNear => ReferenceEquals(Volatile.Read(ref _loop), SocketLoop.Current);

    /// <summary>Connects a socket.</summary>
    /// <exception cref="SocketException">The other side can't be reached.</exception>
    /// <exception cref="OperationCanceledException">The token said so; the socket is of no further use.</exception>
    public static async Task<Wire> ConnectAsync(Socket socket, IPEndPoint to, CancellationToken cancellation)
    {
        socket.Blocking = false;
        var address = to.Serialize();
        if (LinuxSockets.Connect(socket.SafeHandle, address.Buffer.Span[..address.Size]) != 0 && Marshal.GetLastPInvokeError() is var error and not LinuxSockets.InProgress)
            throw SocketErrors.Of(error);

        var wire = new Wire(socket);
        try
        {
            wire.Watch(SocketLoop.Nearest());
            var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (wire.WhenWritable(connected.SetResult)) await connected.Task.WaitAsync(cancellation);
            var failed = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return failed == SocketError.Success ? wire : throw new SocketException((int)failed);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>Lets a loop watch the socket; the callback hears on its thread when the other side has ended and nobody waits to receive.</summary>
    /// <exception cref="SocketException">The system has no room for it.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public void Watch(SocketLoop loop, Action? onHungUp = null)
    {
        lock (_gate)
        {
            _onHungUp = onHungUp;
            _place = loop.Add(this, _handle);
            Volatile.Write(ref _loop, loop);
        }
    }

    /// <summary>Receives what is there; 0 when the other side has ended, -1 when nothing has come yet.</summary>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public int Receive(Span<byte> memory)
    {
        var edges = Volatile.Read(ref _readEdges);
        var received = LinuxSockets.Receive(_handle, memory);
        if (received == memory.Length) return received;
        if (received >= 0)
        {
            // Less than asked for is all there was: what comes now is another change. The end stays.
            if (received > 0 && !_hungUp) NotReadable(edges);
            return received;
        }

        var error = Marshal.GetLastPInvokeError();
        if (error is not (LinuxSockets.Again or LinuxSockets.Interrupted)) throw SocketErrors.Of(error);
        NotReadable(edges);
        return -1;
    }

    /// <summary>Sends as much as there is room for and returns its number.</summary>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        var edges = Volatile.Read(ref _writeEdges);
        return Sent(LinuxSockets.Send(_handle, bytes), bytes.Length, edges);
    }

    /// <summary>The same with two pieces in one call.</summary>
    public unsafe int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* one = first, two = second)
        {
            return Send([new() { At = one, Length = first.Length }, new() { At = two, Length = second.Length }], first.Length + second.Length);
        }
    }

    /// <summary>The same with several pieces of pinned memory, whose lengths are given in all.</summary>
    public int Send(ReadOnlySpan<LinuxSockets.Piece> pieces, int length)
    {
        var edges = Volatile.Read(ref _writeEdges);
        return Sent(LinuxSockets.Send(_handle, pieces), length, edges);
    }

    /// <summary>Calls back once when something can be received; false when a try is worth it now, and then does not.</summary>
    public bool WhenReadable(Action callback)
    {
        lock (_gate)
        {
            if (_readable || _closed) return false;
            _onReadable = callback;
            return true;
        }
    }

    /// <summary>Calls back once when there is room to send; false when a try is worth it now, and then does not.</summary>
    public bool WhenWritable(Action callback)
    {
        lock (_gate)
        {
            if (_writable || _closed) return false;
            _onWritable = callback;
            return true;
        }
    }

    /// <summary>From now on it goes on on the thread that asks, if that is a loop's.</summary>
    public void MoveHere()
    {
        if (SocketLoop.Current is not { } here) return;
        lock (_gate)
        {
            if (_closed || _loop is null || ReferenceEquals(here, _loop)) return;
            _loop.Remove(_place, _handle);
            _place = here.Add(this, _handle);
            Volatile.Write(ref _loop, here);
        }
    }

    /// <summary>Hears from the loop what has changed.</summary>
    public void Changed(uint changes)
    {
        Action? read = null, write = null, hungUp = null;
        lock (_gate)
        {
            if ((changes & ~LinuxSockets.Out) != 0)
            {
                _readEdges++;
                _readable = true;
                (read, _onReadable) = (_onReadable, null);
                if ((changes & ~(LinuxSockets.Out | LinuxSockets.In)) != 0)
                {
                    _hungUp = true;
                    if (read is null) hungUp = _onHungUp;
                }
            }

            if ((changes & (LinuxSockets.Out | LinuxSockets.Error | LinuxSockets.HungUp)) != 0)
            {
                _writeEdges++;
                _writable = true;
                (write, _onWritable) = (_onWritable, null);
            }
        }

        write?.Invoke();
        read?.Invoke();
        hungUp?.Invoke();
    }

    /// <summary>Sends and receives no more; the other side sees the end of what was sent.</summary>
    public void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was lost before.
        }
    }

    /// <summary>Closes the connection at once, so that the other side sees it broken: nothing that is still to be sent is.</summary>
    public void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was lost before.
        }

        Dispose();
    }

    /// <summary>Closes the connection. Who waits is called back on another thread, and finds it closed.</summary>
    public void Dispose()
    {
        Action? read, write;
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            _readable = _writable = true;
            _loop?.Remove(_place, _handle);
            (read, write, _onReadable, _onWritable) = (_onReadable, _onWritable, null, null);
        }

        _socket.Dispose();
        if (read is not null) ThreadPool.UnsafeQueueUserWorkItem(static callback => callback(), read, preferLocal: false);
        if (write is not null) ThreadPool.UnsafeQueueUserWorkItem(static callback => callback(), write, preferLocal: false);
    }

    private int Sent(int sent, int length, int edges)
    {
        if (sent == length) return sent;
        if (sent < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is not (LinuxSockets.Again or LinuxSockets.Interrupted)) throw SocketErrors.Of(error);
            sent = 0;
        }

        NotWritable(edges);
        return sent;
    }

    // Unless something changed since the try began: it may have been too early for that.
    private void NotReadable(int seen)
    {
        lock (_gate)
        {
            if (_readEdges == seen && !_closed) _readable = false;
        }
    }

    private void NotWritable(int seen)
    {
        lock (_gate)
        {
            if (_writeEdges == seen && !_closed) _writable = false;
        }
    }
}
