using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Sockets;

namespace Gatehouse.Gateway.Tests.Sockets;

/// <summary>Two ends of a connection: one is a wire that nobody watches yet, the other an ordinary socket that waits.</summary>
internal sealed class WirePair : IAsyncDisposable
{
    public WirePair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000, NoDelay = true };
        Far.Connect(listener.LocalEndPoint!);
        Near = listener.Accept();
        Wire = new Wire(Near);
    }

    public Socket Near { get; }

    public Socket Far { get; }

    public Wire Wire { get; }

    /// <summary>Receives so many bytes at the far end, or what came before it ended. On a thread of its own, for a test may be on the loop's.</summary>
    public Task<byte[]> ReceiveAsync(int length) => Task.Run(() =>
    {
        var bytes = new byte[length];
        var at = 0;
        while (at < length && Far.Receive(bytes.AsSpan(at)) is var read and > 0) at += read;
        return bytes[..at];
    });

    /// <summary>Another loop, where there is one.</summary>
    public static SocketLoop OtherThan(SocketLoop loop)
    {
        var other = SocketLoop.Next();
        while (ReferenceEquals(other, loop) && Environment.ProcessorCount > 1) other = SocketLoop.Next();
        return other;
    }

    /// <summary>Does something on a loop's thread.</summary>
    public static async Task<T> OnLoopAsync<T>(SocketLoop loop, Func<T> action)
    {
        await using var pair = new WirePair();
        pair.Wire.Watch(loop);
        return await pair.CallBackAsync(pair.Wire.WhenReadable, () => pair.Far.Send("a"u8), action);
    }

    /// <summary>Waits for a callback of the wire, which does something where it is called; not when there is nothing to wait for.</summary>
    public async Task<T> CallBackAsync<T>(Func<Action, bool> when, Action cause, Func<T> action)
    {
        var called = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = when(() =>
        {
            try
            {
                called.SetResult(action());
            }
            catch (Exception e)
            {
                called.SetException(e);
            }
        });
        cause();
        return waits ? await called.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken) : default!;
    }

    /// <summary>The far end breaks the connection off.</summary>
    public void Reset()
    {
        Far.LingerState = new LingerOption(true, 0);
        Far.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        Far.Dispose();

        // A test that waited for a wire ends on its loop's thread, where the next one must not begin.
        await Task.Yield();
    }
}
