using System.Net.Sockets;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A connection whose other side may stop listening before it has heard everything: a provider that refuses a large body (401, 413)
/// answers, closes, and resets what is still being sent. The handler would give the answer up at the failed write, so a failed write is
/// passed over and the rest not sent; the read that follows brings either the answer or the loss. Used by one call at a time.
/// </summary>
internal sealed class UpstreamSocket(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private bool _unheard;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unheard) return ValueTask.CompletedTask;

        // Nearly every write fits the socket's buffer, and then is one plain call.
        var sent = Send(buffer.Span);
        if (sent == buffer.Length) return ValueTask.CompletedTask;
        var writing = base.WriteAsync(buffer[sent..], cancellationToken);
        return writing.IsCompletedSuccessfully ? writing : FinishAsync(writing);
    }

    /// <summary>How many bytes the socket took without waiting; none when it is closed, which the write that follows then says.</summary>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Socket.Send(bytes, SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    private async ValueTask FinishAsync(ValueTask writing)
    {
        try
        {
            await writing;
        }
        catch (IOException)
        {
            _unheard = true;
        }
    }
}
