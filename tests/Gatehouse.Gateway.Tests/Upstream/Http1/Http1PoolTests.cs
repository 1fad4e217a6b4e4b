using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Tests.Soak;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Gateway.Upstream.Http1;

namespace Gatehouse.Gateway.Tests.Upstream.Http1;

public sealed class Http1PoolTests : IDisposable
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Http1Pool _pool = new(
        new UpstreamConnector(Calls.Provider("http://127.0.0.1"), new AddressGuard(() => [])),
        new CallAddress(new Uri("http://127.0.0.1")),
        new HeaderTexts(),
        TimeProvider.System);

    public Http1PoolTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    [Fact]
    public void A_connection_whose_answers_come_on_this_thread_is_taken_before_one_given_back_later()
    {
        var (near, far) = (Connected(), Connected());
        Http1Connection? taken = null;

        OnThread(() =>
        {
            _pool.Return(near);
            OnThread(() => _pool.Return(far));
            taken = _pool.Take();
        });

        taken.ShouldBeSameAs(near);
        _pool.Take().ShouldBeSameAs(far);
        _pool.Take().ShouldBeNull();
        near.Close();
        far.Close();
    }

    public void Dispose()
    {
        _pool.Close();
        _listener.Dispose();
    }

    private static void OnThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join(s_ceiling).ShouldBeTrue();
    }

    private Http1Connection Connected()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_listener.LocalEndPoint!);
        return new Http1Connection(_pool, new UpstreamSocket(socket), new HandedStream(), TimeProvider.System.GetTimestamp());
    }
}
