using System.Net;
using System.Net.Sockets;
using Gatehouse.Gateway.Sockets;

namespace Gatehouse.Gateway.Tests.Sockets;

public sealed class WireTests : IAsyncDisposable
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    private readonly WirePair _pair = new();

    private static CancellationToken Ceiling => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task It_calls_back_once_when_bytes_come_on_the_thread_of_its_loop()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        _pair.Wire.Receive(new byte[10]).ShouldBe(-1);
        var near = await _pair.CallBackAsync(_pair.Wire.WhenReadable, () => _pair.Far.Send("a"u8), () => _pair.Wire.IsNear);
        near.ShouldBeTrue();
        _pair.Wire.IsNear.ShouldBeFalse();
        _pair.Wire.IsReadable.ShouldBeTrue();
        _pair.Wire.WhenReadable(() => throw new InvalidOperationException("Called back, though it can be read at once.")).ShouldBeFalse();
        _pair.Wire.Receive(new byte[10]).ShouldBe(1);
        _pair.Wire.IsReadable.ShouldBeFalse();
        _pair.Wire.Receive(new byte[10]).ShouldBe(-1);
    }

    [Fact]
    public async Task What_comes_between_a_try_and_the_wish_to_hear_of_it_is_not_missed()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        var buffer = new byte[4];
        for (var round = 0; round < 2000; round++)
        {
            var sending = Task.Run(() => _pair.Far.Send("ab"u8), Ceiling);
            for (var got = 0; got < 2;)
            {
                var received = _pair.Wire.Receive(buffer);
                if (received > 0) got += received;
                else await _pair.CallBackAsync(_pair.Wire.WhenReadable, static () => { }, static () => true);
            }

            await sending;
        }
    }

    [Fact]
    public async Task It_calls_back_when_there_is_room_again()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        var sent = 0;
        var piece = new byte[1024 * 1024];
        int taken;
        do sent += taken = _pair.Wire.Send(piece);
        while (taken == piece.Length);

        var drained = _pair.ReceiveAsync(sent);
        var more = 0;

        // What the wire knows is a hint: the change of the beginning may have been told while it was filled already, and then the first try is too early, but no other.
        for (var tries = 0; tries < 2 && more == 0; tries++)
        {
            await _pair.CallBackAsync(_pair.Wire.WhenWritable, static () => { }, static () => true);
            more = _pair.Wire.Send("more"u8);
        }

        more.ShouldBe(4);
        await drained;
        (await _pair.ReceiveAsync(4)).ShouldBe("more"u8.ToArray());
    }

    [Fact]
    public async Task It_hears_of_the_other_sides_end_when_nobody_waits()
    {
        var hungUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pair.Wire.Watch(SocketLoop.Next(), hungUp.SetResult);
        _pair.Far.Shutdown(SocketShutdown.Send);
        await hungUp.Task.WaitAsync(s_ceiling, Ceiling);
        _pair.Wire.IsHungUp.ShouldBeTrue();
        _pair.Wire.Receive(new byte[1]).ShouldBe(0);

        // The end stays readable, and this side can still speak.
        _pair.Wire.IsReadable.ShouldBeTrue();
        _pair.Wire.Send("still"u8).ShouldBe(5);
        (await _pair.ReceiveAsync(5)).ShouldBe("still"u8.ToArray());
    }

    [Fact]
    public async Task A_reset_is_an_error()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        await _pair.CallBackAsync(_pair.Wire.WhenReadable, _pair.Reset, static () => true);
        Should.Throw<SocketException>(() => _pair.Wire.Receive(new byte[1])).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        Should.Throw<SocketException>(() => _pair.Wire.Send("a"u8)).SocketErrorCode.ShouldBe(SocketError.Shutdown);
    }

    [Fact]
    public async Task Closing_it_calls_those_back_who_wait_and_they_find_it_closed()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        await _pair.CallBackAsync(_pair.Wire.WhenReadable, _pair.Wire.Dispose, static () => true);
        Should.Throw<ObjectDisposedException>(() => _pair.Wire.Receive(new byte[1]));
        Should.Throw<ObjectDisposedException>(() => _pair.Wire.Send("a"u8));
        _pair.Wire.WhenReadable(static () => { }).ShouldBeFalse();
        _pair.Wire.Dispose();
        _pair.Wire.Shutdown();
        _pair.Wire.Abort();
        _pair.Far.Receive(new byte[1]).ShouldBe(0);
    }

    [Fact]
    public void An_aborted_connection_is_broken_for_the_other_side()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        _pair.Wire.Abort();
        Should.Throw<SocketException>(() => _pair.Far.Receive(new byte[1])).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task It_can_move_to_the_loop_that_asks_and_misses_nothing()
    {
        var loop = SocketLoop.Next();
        _pair.Wire.Watch(SocketLoop.Next());
        (await WirePair.OnLoopAsync(loop, () =>
        {
            _pair.Wire.MoveHere();
            return _pair.Wire.IsNear;
        })).ShouldBeTrue();
        _pair.Wire.IsNear.ShouldBeFalse();

        // Not to where nobody waits for sockets.
        _pair.Wire.MoveHere();
        for (var i = 0; i < 3; i++)
        {
            while (_pair.Wire.Receive(new byte[1]) >= 0)
            {
                // What came before.
            }

            (await _pair.CallBackAsync(_pair.Wire.WhenReadable, () => _pair.Far.Send("b"u8), () => SocketLoop.Current)).ShouldBeSameAs(loop);
        }
    }

    [Fact]
    public async Task Bytes_that_came_before_it_moved_are_told_where_it_moved_to()
    {
        var loop = SocketLoop.Next();
        _pair.Wire.Watch(loop);
        var called = new TaskCompletionSource<SocketLoop?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pair.Wire.WhenReadable(() => called.SetResult(SocketLoop.Current)).ShouldBeTrue();
        var other = WirePair.OtherThan(loop);

        // Its own loop is held up, so that it can't hear of them before.
        using var moved = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        var holding = WirePair.OnLoopAsync(loop, () =>
        {
            held.Set();
            return moved.Wait(s_ceiling);
        });
        await Task.Run(() => held.Wait(s_ceiling), Ceiling);
        if (ReferenceEquals(other, loop)) moved.Set();
        _pair.Far.Send("a"u8);
        await WirePair.OnLoopAsync(other, () =>
        {
            _pair.Wire.MoveHere();
            return true;
        });
        var where = await called.Task.WaitAsync(s_ceiling, Ceiling);
        moved.Set();
        (await holding).ShouldBeTrue();
        where.ShouldBeSameAs(other);
    }

    [Fact]
    public async Task It_connects()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var wire = await Wire.ConnectAsync(socket, (IPEndPoint)listener.LocalEndPoint!, Ceiling);
        using var accepted = listener.Accept();
        wire.Send("hello"u8).ShouldBe(5);
        var got = new byte[5];
        accepted.Receive(got).ShouldBe(5);
    }

    [Fact]
    public async Task It_says_that_nobody_listens()
    {
        using var unbound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unbound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Should.ThrowAsync<SocketException>(() => Wire.ConnectAsync(socket, (IPEndPoint)unbound.LocalEndPoint!, Ceiling));
        refused.SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task Connecting_can_be_called_off()
    {
        // A listener whose queue is full takes no more: the connection neither comes about nor fails.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var cancellation = new CancellationTokenSource();
        var sockets = new List<Socket>();
        var connecting = new List<Task<Wire>>();
        for (var i = 0; i < 4; i++)
        {
            sockets.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            connecting.Add(Wire.ConnectAsync(sockets[i], (IPEndPoint)listener.LocalEndPoint!, cancellation.Token));
        }

        // The first is let in.
        (await connecting[0].WaitAsync(s_ceiling, Ceiling)).Dispose();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(connecting[3]);
        foreach (var socket in sockets) socket.Dispose();
    }

    [Theory]
    [InlineData(13, SocketError.AccessDenied)]
    [InlineData(99, SocketError.AddressNotAvailable)]
    [InlineData(101, SocketError.NetworkUnreachable)]
    [InlineData(104, SocketError.ConnectionReset)]
    [InlineData(110, SocketError.TimedOut)]
    [InlineData(111, SocketError.ConnectionRefused)]
    [InlineData(113, SocketError.HostUnreachable)]
    [InlineData(9999, SocketError.SocketError)]
    public void Error_numbers_have_the_platforms_names(int error, SocketError name) => SocketErrors.Of(error).SocketErrorCode.ShouldBe(name);
}
