using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Sockets;
using Gatehouse.Gateway.Tests.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class SocketInputTests : IAsyncDisposable
{
    private readonly WirePair _pair = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SocketInput _input;
    private int _ends;

    public SocketInputTests()
    {
        _input = new SocketInput(_pair.Wire, () =>
        {
            Interlocked.Increment(ref _ends);
            _end.TrySetResult();
        });
        _pair.Wire.Watch(SocketLoop.Next(), _input.HungUp);
    }

    private static CancellationToken Ceiling => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task Bytes_are_read_when_they_come()
    {
        var reading = _input.ReadAsync(Ceiling);
        reading.IsCompleted.ShouldBeFalse();
        _pair.Far.Send("hello"u8);
        var read = await reading;
        Text(read).ShouldBe("hello");
        read.IsCompleted.ShouldBeFalse();
        _input.AdvanceTo(read.Buffer.End);
        _input.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_looked_at_and_not_used_comes_again_with_more_behind_it()
    {
        _pair.Far.Send("one "u8);
        var read = await _input.ReadAsync(Ceiling);
        _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var more = _input.ReadAsync(Ceiling);
        more.IsCompleted.ShouldBeFalse();
        _pair.Far.Send("two"u8);
        read = await more;
        Text(read).ShouldBe("one two");

        // Half of it is used and nothing behind that was looked at: it is there at once.
        _input.AdvanceTo(read.Buffer.GetPosition(4));
        _input.TryRead(out read).ShouldBeTrue();
        Text(read).ShouldBe("two");
    }

    [Fact]
    public async Task Any_way_of_cutting_and_using_gives_the_same_bytes()
    {
        var bytes = new byte[3_000_000];
        new Random(3).NextBytes(bytes);
        var sending = Task.Run(
            () =>
            {
                var random = new Random(4);
                for (var at = 0; at < bytes.Length;)
                {
                    var length = Math.Min(random.Next(1, 90_000), bytes.Length - at);
                    _pair.Far.Send(bytes.AsSpan(at, length));
                    at += length;
                }

                _pair.Far.Shutdown(SocketShutdown.Send);
            },
            Ceiling);
        var random = new Random(5);
        var got = new MemoryStream();
        while (true)
        {
            var read = await _input.ReadAsync(Ceiling);
            var used = read.IsCompleted ? read.Buffer.Length : random.NextInt64(read.Buffer.Length + 1);
            foreach (var piece in read.Buffer.Slice(0, used)) got.Write(piece.Span);
            var from = read.Buffer.GetPosition(used);
            var looked = random.Next(2) == 0 ? read.Buffer.End : from;
            _input.AdvanceTo(from, looked);
            if (read.IsCompleted) break;
        }

        await sending;
        got.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task The_end_is_told_behind_what_came_before_it()
    {
        _pair.Far.Send("bye"u8);
        _pair.Far.Shutdown(SocketShutdown.Send);
        await _end.Task.WaitAsync(Ceiling);
        var read = await _input.ReadAsync(Ceiling);
        Text(read).ShouldBe("bye");
        read.IsCompleted.ShouldBeTrue();
        _input.AdvanceTo(read.Buffer.End);
        read = await _input.ReadAsync(Ceiling);
        read.Buffer.IsEmpty.ShouldBeTrue();
        read.IsCompleted.ShouldBeTrue();
        _input.TryRead(out read).ShouldBeTrue();
        _ends.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_leaves_while_nobody_reads_is_noticed()
    {
        _pair.Far.Send("question"u8);
        var read = await _input.ReadAsync(Ceiling);
        _input.AdvanceTo(read.Buffer.End);
        _end.Task.IsCompleted.ShouldBeFalse();
        _pair.Far.Dispose();
        await _end.Task.WaitAsync(Ceiling);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_behind_more_than_is_held_is_noticed_while_nobody_reads(bool resets)
    {
        _pair.Far.Send("question"u8);
        var read = await _input.ReadAsync(Ceiling);
        _input.AdvanceTo(read.Buffer.End);
        // More than is held, and less than the kernel takes in: an end behind that can't be seen.
        var more = new byte[40_000];
        _pair.Far.Send(more);
        if (resets) _pair.Reset();
        else _pair.Far.Dispose();
        await _end.Task.WaitAsync(TimeSpan.FromSeconds(10), Ceiling);
        if (resets) return;

        // What came is still there for who wants it.
        var got = 0L;
        do
        {
            read = await _input.ReadAsync(Ceiling);
            got += read.Buffer.Length;
            _input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
        got.ShouldBe(more.Length);
        _ends.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_leaves_while_a_read_is_called_off_is_noticed()
    {
        var reading = _input.ReadAsync(Ceiling);
        _input.CancelPendingRead();
        (await reading).IsCanceled.ShouldBeTrue();
        _pair.Far.Dispose();
        await _end.Task.WaitAsync(Ceiling);
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_bytes_are_in_hand_is_noticed_and_they_stay()
    {
        _pair.Far.Send("question"u8);
        var read = await _input.ReadAsync(Ceiling);
        _pair.Far.Send("and more"u8);
        _pair.Far.Shutdown(SocketShutdown.Send);
        await _end.Task.WaitAsync(Ceiling);
        Text(read).ShouldBe("question");
        _input.AdvanceTo(read.Buffer.End);
        read = await _input.ReadAsync(Ceiling);
        Text(read).ShouldBe("and more");
        read.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_is_reset_fails_the_read()
    {
        var reading = _input.ReadAsync(Ceiling).AsTask();
        _pair.Reset();
        await Should.ThrowAsync<ConnectionResetException>(reading);
        Should.Throw<ConnectionResetException>(() => _input.TryRead(out _));
        await Should.ThrowAsync<ConnectionResetException>(async () => await _input.ReadAsync(Ceiling));
        await _end.Task.WaitAsync(Ceiling);
        _ends.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_is_closed_here_fails_the_read()
    {
        var reading = _input.ReadAsync(Ceiling).AsTask();
        _pair.Wire.Dispose();
        (await Record.ExceptionAsync(() => reading)).ShouldBeOfType<ConnectionAbortedException>();
        await _end.Task.WaitAsync(Ceiling);
    }

    [Fact]
    public async Task A_failure_ends_the_read_that_waits_and_those_that_follow()
    {
        var reading = _input.ReadAsync(Ceiling).AsTask();
        _input.Fail(new ConnectionAbortedException("enough"));
        (await Record.ExceptionAsync(() => reading)).ShouldBeOfType<ConnectionAbortedException>().Message.ShouldBe("enough");
        (await Record.ExceptionAsync(async () => await _input.ReadAsync(Ceiling))).ShouldBeOfType<ConnectionAbortedException>();
    }

    [Fact]
    public async Task A_token_calls_one_read_off_and_no_other()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = _input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        await Should.ThrowAsync<OperationCanceledException>(async () => await _input.ReadAsync(cancellation.Token));
        _pair.Far.Send("still there"u8);
        Text(await _input.ReadAsync(Ceiling)).ShouldBe("still there");
    }

    [Fact]
    public async Task A_read_can_be_called_off_before_it_begins()
    {
        _input.CancelPendingRead();
        (await _input.ReadAsync(Ceiling)).IsCanceled.ShouldBeTrue();
        _pair.Far.Send("a"u8);
        Text(await _input.ReadAsync(Ceiling)).ShouldBe("a");
    }

    [Fact]
    public async Task Bytes_land_where_they_are_wanted_once_the_ones_before_are_used()
    {
        var place = new byte[100_000];
        var body = new byte[place.Length];
        new Random(6).NextBytes(body);
        _pair.Far.Send("head"u8);
        var read = await _input.ReadAsync(Ceiling);
        _input.Land(place);
        _input.AdvanceTo(read.Buffer.End);
        var sending = Task.Run(() => _pair.Far.Send(body), Ceiling);
        var landed = 0;
        while (landed < place.Length)
        {
            read = await _input.ReadAsync(Ceiling);
            read.Buffer.FirstSpan.Overlaps(place, out var at).ShouldBeTrue();
            at.ShouldBe(-landed);
            landed += (int)read.Buffer.Length;
            _input.AdvanceTo(read.Buffer.End);
        }

        await sending;
        place.ShouldBe(body);

        // What follows is read as ever.
        _pair.Far.Send("next"u8);
        Text(await _input.ReadAsync(Ceiling)).ShouldBe("next");
    }

    [Fact]
    public async Task Nothing_is_written_to_a_place_that_was_taken_back_while_a_read_waits()
    {
        var place = new byte[10];
        _input.Land(place);
        var reading = _input.ReadAsync(Ceiling);
        _input.Land(default);
        _pair.Far.Send("elsewhere"u8);
        Text(await reading).ShouldBe("elsewhere");
        place.ShouldAllBe(b => b == 0);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_what_lands_ends_the_read()
    {
        var place = new byte[10];
        _input.Land(place);
        _pair.Far.Send("half"u8);
        var read = await _input.ReadAsync(Ceiling);
        _input.AdvanceTo(read.Buffer.End);
        _pair.Far.Shutdown(SocketShutdown.Send);
        read = await _input.ReadAsync(Ceiling);
        read.IsCompleted.ShouldBeTrue();
        read.Buffer.IsEmpty.ShouldBeTrue();
        _input.AdvanceTo(read.Buffer.End);
        place[..4].ShouldBe("half"u8.ToArray());
        await _end.Task.WaitAsync(Ceiling);
    }

    private static string Text(ReadResult read) => System.Text.Encoding.ASCII.GetString(read.Buffer.ToArray());
}
