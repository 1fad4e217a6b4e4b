using System.Globalization;
using System.Text;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Bodies whose framing lies, breaks off or never ends.</summary>
public sealed class BadFramingTests(Besieged siege) : IClassFixture<Besieged>
{
    private const int Large = 40 << 20;

    public static TheoryData<string> Paths { get; } = new(Door.All.Select(d => d.Path));

    public static TheoryData<string, string> BadChunks
    {
        get
        {
            var table = new TheoryData<string, string>();
            foreach (var framing in (string[])[
                "zz\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5 5\r\n", "\r\n", "5\r\n12345X\r\n0\r\n\r\n", "5\n12345\r\n0\r\n\r\n"])
            {
                foreach (var door in Door.All) table.Add(framing, door.Path);
            }

            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_body_with_a_length_over_the_limit_is_refused_before_it_is_sent(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, $"Content-Length: {Large}\r\nExpect: 100-continue\r\n"));
        await RefusedAsync(door, client, 413, "request_too_large");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Forty_megabytes_with_a_length_are_refused(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, $"Content-Length: {Large}\r\n"));
        var sending = client.SendAsync(Filler(door, Large));
        await RefusedAsync(door, client, 413, "request_too_large");
        await sending;
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Forty_megabytes_in_chunks_are_refused(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        var sending = SendChunksAsync(client, door, Filler(door, Large));
        await RefusedAsync(door, client, 413, "request_too_large");
        await sending;
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_body_at_the_limit_passes_and_its_memory_comes_back(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        var body = Filler(door, 32 << 20);
        await client.SendAsync(door.Head(siege.Gateway.Token, $"Content-Length: {body.Length}\r\n"));
        await client.SendAsync(body);
        var answer = (await client.ReadAsync())!;
        answer.Status.ShouldBe(200, answer.Body);
        (await siege.RestAsync()).ShouldHaveSingleItem().RequestBytes.ShouldBe(body.Length);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_client_that_stops_sending_is_not_waited_for_for_ever(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, "Content-Length: 1000\r\n") + "{\"model\"");
        await RefusedAsync(door, client, 400, "invalid_request_error");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_client_that_goes_in_the_middle_of_its_body_leaves_nothing(string path)
    {
        var door = Door.At(path);
        using (var client = await RawClient.ConnectAsync(siege.Gateway.Address))
        {
            await client.SendAsync(door.Head(siege.Gateway.Token, "Content-Length: 100000\r\n") + "{\"model\"");
        }

        (await siege.RestAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_length_that_is_too_long_is_noticed_when_the_client_ends(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, $"Content-Length: {door.Good.Length + 100}\r\n") + door.Good);
        client.EndSending();
        if (await client.ReadAsync() is { } answer) answer.Status.ShouldBe(400);
        (await siege.RestAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_length_that_is_too_short_cuts_the_body_and_the_rest_is_no_request(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, $"Content-Length: {door.Good.Length - 5}\r\n") + door.Good);
        await RefusedAsync(door, client, 400, "invalid_request_error");
        client.EndSending();
        (await client.ReadAsync())?.Status.ShouldBe(400);
        (await client.IsClosedAsync()).ShouldBeTrue();
        (await siege.RestAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_chunked_body_with_trailers_passes_and_the_trailers_stay(string path)
    {
        var door = Door.At(path);
        siege.Gateway.Simulator!.Received.Clear();
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        var size = door.Good.Length.ToString("x", CultureInfo.InvariantCulture);
        await client.SendAsync(
            door.Head(siege.Gateway.Token, "Transfer-Encoding: chunked\r\nTrailer: x-late\r\n")
            + $"{size};extension=\"v\"\r\n{door.Good}\r\n0\r\nx-late: secret\r\nauthorization: Bearer late\r\n\r\n");
        var answer = (await client.ReadAsync())!;
        answer.Status.ShouldBe(200, answer.Body);
        var received = siege.Asked.ShouldHaveSingleItem();
        Encoding.UTF8.GetString(received.Body.Span).ShouldBe(door.Good);
        received.Header("x-late").ShouldBeNull();
        received.Header("trailer").ShouldBeNull();
        (await siege.RestAsync()).ShouldHaveSingleItem().RequestBytes.ShouldBe(door.Good.Length);
    }

    [Theory]
    [MemberData(nameof(BadChunks))]
    public async Task Bad_chunks_are_refused(string framing, string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, "Transfer-Encoding: chunked\r\n") + framing);
        await RefusedAsync(door, client, 400, "invalid_request_error");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    /// <summary>Another coding under the chunks is nothing that the body could be read through, and two words for one coding is what two readers take for two lengths.</summary>
    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("identity, chunked")]
    [InlineData("chunked, chunked")]
    [InlineData("chunked\r\nTransfer-Encoding: chunked")]
    public async Task Another_coding_beside_the_chunks_is_refused(string coding)
    {
        foreach (var door in Door.All)
        {
            using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
            var size = door.Good.Length.ToString("x", CultureInfo.InvariantCulture);
            await client.SendAsync(door.Head(siege.Gateway.Token, $"Transfer-Encoding: {coding}\r\n") + $"{size}\r\n{door.Good}\r\n0\r\n\r\n");
            await RefusedAsync(door, client, 400, "invalid_request_error");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_chunked_body_that_ends_too_soon_is_refused(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Head(siege.Gateway.Token, "Transfer-Encoding: chunked\r\n") + "5\r\n{\"mod\r\n");
        client.EndSending();
        if (await client.ReadAsync() is { } answer) answer.Status.ShouldBe(400);
        (await siege.RestAsync()).ShouldBeEmpty();
    }

    /// <summary>
    /// Both lengths: the chunks count and the connection ends, or all of it is refused; what follows is never a request of its own.
    /// </summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Nothing_is_smuggled_behind_two_lengths(string path)
    {
        var door = Door.At(path);
        siege.Gateway.Simulator!.Received.Clear();
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        var size = door.Good.Length.ToString("x", CultureInfo.InvariantCulture);
        var chunked = $"{size}\r\n{door.Good}\r\n0\r\n\r\n";
        await client.SendAsync(door.Head(siege.Gateway.Token, "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + chunked);
        var answer = (await client.ReadAsync())!;
        answer.Status.ShouldBeOneOf(200, 400);
        foreach (var received in siege.Asked)
        {
            Encoding.UTF8.GetString(received.Body.Span).ShouldBe(door.Good);
            received.Header("x-content-length").ShouldBeNull();
        }

        client.EndSending();
        (await client.IsClosedAsync()).ShouldBeTrue();
        (await siege.RestAsync()).Count.ShouldBe(answer.Status == 200 ? 1 : 0);
    }

    private static byte[] Filler(Door door, int size)
    {
        var body = new byte[size];
        body.AsSpan().Fill((byte)'a');
        var start = Encoding.UTF8.GetBytes(door.Good[..(door.Good.IndexOf("Hi", StringComparison.Ordinal) + 2)]);
        var end = Encoding.UTF8.GetBytes(door.Good[(door.Good.IndexOf("Hi", StringComparison.Ordinal) + 2)..]);
        start.CopyTo(body, 0);
        end.CopyTo(body, size - end.Length);
        return body;
    }

    private async Task SendChunksAsync(RawClient client, Door door, byte[] body)
    {
        await client.SendAsync(door.Head(siege.Gateway.Token, "Transfer-Encoding: chunked\r\n"));
        for (var at = 0; at < body.Length; at += 1 << 20)
        {
            await client.SendAsync("100000\r\n");
            await client.SendAsync(body.AsMemory(at, 1 << 20));
            await client.SendAsync("\r\n");
        }

        await client.SendAsync("0\r\n\r\n");
    }

    private async Task RefusedAsync(Door door, RawClient client, int status, string word)
    {
        var answer = (await client.ReadAsync()).ShouldNotBeNull();
        answer.Status.ShouldBe(status, answer.Body);
        door.ErrorWord(answer.Body).ShouldBe(word);
        (await siege.RestAsync()).ShouldBeEmpty();
    }
}
