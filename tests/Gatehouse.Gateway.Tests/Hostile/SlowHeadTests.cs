using System.Globalization;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Heads of requests that never end: 408, no row, and the connection is closed. Time is short here; how long it really is, is told.</summary>
public sealed class SlowHeadTests
{
    public static TheoryData<string> Paths { get; } = new(Door.All.Select(d => d.Path));

    /// <summary>Nothing that comes piece by piece makes the time begin anew: else a line a minute would hold a connection for ever.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Headers_that_do_not_end_in_time_are_408_however_many_come(string path)
    {
        var door = Door.At(path);
        await using var gateway = await GatewayHarness.StartAsync(headersWithin: TimeSpan.FromMilliseconds(100));
        using var silent = await RawClient.ConnectAsync(gateway.Address);
        using var busy = await RawClient.ConnectAsync(gateway.Address);
        // All but the empty line behind the last header.
        var head = door.Head(gateway.Token, "Content-Length: 2\r\n")[..^2];
        await silent.SendAsync(head);
        await busy.SendAsync(head);

        foreach (var (client, sends) in ((RawClient, bool)[])[(silent, false), (busy, true)])
        {
            var reading = client.ReadAsync();
            for (var line = 0; sends && !reading.IsCompleted; line++)
            {
                await client.SendAsync($"x-{line.ToString(CultureInfo.InvariantCulture)}: v\r\n");
                await Task.WhenAny(reading, Task.Delay(50));
            }

            var answer = (await reading).ShouldNotBeNull();
            answer.Status.ShouldBe(408);
            door.ErrorWord(answer.Body).ShouldBe("invalid_request_error");
            answer.Body.ShouldContain("not whole after 0.1 seconds");
            (await client.IsClosedAsync()).ShouldBeTrue();
        }

        (await gateway.RowsAsync()).ShouldBeEmpty();
        gateway.Server.ExchangesRunning.ShouldBe(0);
        var (good, body) = await gateway.SendAsync(gateway.Post(door.Path, door.Good));
        ((int)good.StatusCode).ShouldBe(200, body);
        (await gateway.RowsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_body_may_take_longer_than_headers()
    {
        await using var gateway = await GatewayHarness.StartAsync(headersWithin: TimeSpan.FromMilliseconds(100));
        using var late = await RawClient.ConnectAsync(gateway.Address);
        using var slow = await RawClient.ConnectAsync(gateway.Address);
        await slow.SendAsync(Door.Chat.Head(gateway.Token, $"Content-Length: {Door.Chat.Good.Length}\r\n"));
        await late.SendAsync("POST / HTTP/1.1\r\n");
        // The other one began later: when its time is over, so is that of this one.
        (await late.ReadAsync()).ShouldNotBeNull().Status.ShouldBe(408);
        await slow.SendAsync(Door.Chat.Good);
        (await slow.ReadAsync()).ShouldNotBeNull().Status.ShouldBe(200);
    }

    [Fact]
    public void They_have_the_time_that_the_page_says()
    {
        KestrelHost.HeadersWithin.ShouldBe(TimeSpan.FromSeconds(30));
        var page = File.ReadAllText(ErrorsReferenceTests.PagePath()).ReplaceLineEndings(" ");
        page.ShouldContain("408 (headers that are not whole after 30 s)");
    }
}
