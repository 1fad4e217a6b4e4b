using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gatehouse.Gateway.Server;

/// <summary>A client's connection as the server wants it, over a socket of our own. Owned by the server.</summary>
internal sealed class ServerConnection : DefaultConnectionContext, IDuplexPipe, IMemoryPoolFeature, IConnectionSocketFeature, IRefusable
{
    private readonly Wire _wire;
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _closedTold = new();
    private bool _aborted;

    /// <summary>Takes over an accepted socket.</summary>
    /// <exception cref="SocketException">The client has gone already.</exception>
    public ServerConnection(string id, Socket socket, MemoryPool<byte> pool)
        : base(id)
    {
        Socket = socket;
        MemoryPool = pool;
        socket.NoDelay = true;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        _wire = new Wire(socket);
        _input = new SocketInput(_wire, TellClosed);
        _output = new SocketOutput(_wire, pool);
        Transport = this;
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IBodyLanding>(_input);
        Features.Set<IRefusable>(this);
        _wire.Watch(SocketLoop.Next(), _input.HungUp);
    }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <inheritdoc/>
    public MemoryPool<byte> MemoryPool { get; }

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Held => _input.Held;

    /// <inheritdoc/>
    public void RefuseWith(byte[] answer) => _output.Replace(answer);

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _aborted, true)) return;
        _wire.Abort();
        _input.Fail(abortReason);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _output.CompleteAsync();
        await _output.Drained;
        _wire.Shutdown();
        _wire.Dispose();
        _input.Fail(new ConnectionAbortedException());
        await _closedTold.Task;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    // On another thread: the server may be in the middle of reading or writing.
    private void TellClosed() => ThreadPool.UnsafeQueueUserWorkItem(
        static connection =>
        {
            connection._closed.Cancel();
            connection._closedTold.SetResult();
        },
        this,
        preferLocal: false);
}
