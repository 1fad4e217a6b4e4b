using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Sockets;
using Gatehouse.Gateway.Tests.Soak;
using Gatehouse.Gateway.Tests.Sockets;
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

    [Fact]
    public async Task A_connection_over_a_wire_is_near_on_its_loop_and_comes_near_where_there_is_no_other()
    {
        await using var here = new WirePair();
        await using var there = new WirePair();
        var loop = SocketLoop.Next();
        here.Wire.Watch(loop);
        there.Wire.Watch(WirePair.OtherThan(loop));
        using var near = new WireStream(here.Wire);
        using var far = new WireStream(there.Wire);
        var (first, second) = (new Http1Connection(_pool, near, near, TimeProvider.System.GetTimestamp()), new Http1Connection(_pool, far, far, TimeProvider.System.GetTimestamp()));
        _pool.Return(first);
        _pool.Return(second);
        await WirePair.OnLoopAsync(loop, () =>
        {
            // With one processor there is one loop, and the last one given back is as near.
            var taken = _pool.Take();
            if (Environment.ProcessorCount > 1) taken.ShouldBeSameAs(first);
            _pool.Take().ShouldNotBeNull();
            here.Wire.IsNear.ShouldBeTrue();
            there.Wire.IsNear.ShouldBeTrue();
            return true;
        });
        first.Close();
        second.Close();
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
