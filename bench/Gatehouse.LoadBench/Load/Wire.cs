using System.Net.Sockets;

namespace Gatehouse.LoadBench.Load;

/// <summary>
/// How the bench's own ends wait for bytes. Many connections share the platform's event loop. Where one connection is timed, each end has a thread of its own that waits in
/// the kernel: the wake-ups of an event loop on the same processors would be timed with the proxy's.
/// </summary>
/// <param name="socket">The connection. One that ever waited in the event loop never waits in the kernel again, so the way is chosen before its first use.</param>
/// <param name="isBlocking">Whether to wait in the kernel; every call completes before it returns then.</param>
internal readonly struct Wire(Socket socket, bool isBlocking)
{
    /// <summary>Receives what there is, at least a byte; 0 when the other side is done.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) =>
        isBlocking ? ValueTask.FromResult(socket.Receive(buffer.Span)) : socket.ReceiveAsync(buffer);

    /// <summary>Sends all of it.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var sent = isBlocking ? socket.Send(bytes.Span) : await socket.SendAsync(bytes);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Runs what uses a blocking wire on a thread of its own.</summary>
    public static Task<T> OnThread<T>(Func<Task<T>> use) =>
        Task.Factory.StartNew(() => use().GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="OnThread{T}"/>
    public static Task OnThread(Func<Task> use) =>
        Task.Factory.StartNew(() => use().GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
