using System.Text;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Requests that are odd and good, and refusals after admission, which have their row.</summary>
public sealed class OddRequestTests(Besieged siege) : IClassFixture<Besieged>
{
    public static TheoryData<string> Paths { get; } = new(Door.All.Select(d => d.Path));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Pipelined_requests_are_answered_in_order_good_and_bad(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        byte[] good = door.Post(siege.Gateway.Token, door.Good), bad = door.Post(siege.Gateway.Token, "[]"),
            foreign = door.Post(siege.Foreign, door.Good);
        await client.SendAsync((byte[])[.. good, .. bad, .. foreign, .. good]);
        foreach (var status in (int[])[200, 400, 401, 200]) (await client.ReadAsync())!.Status.ShouldBe(status);
        (await siege.RestAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task HTTP_1_0_is_served_whole_and_closed(string path)
    {
        var door = Door.At(path);
        foreach (var body in (string[])[door.Good, door.Good.Insert(1, "\"stream\":true,")])
        {
            using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
            await client.SendAsync(door.Head(siege.Gateway.Token, $"Content-Length: {body.Length}\r\n", "HTTP/1.0") + body);
            var answer = (await client.ReadAsync())!;
            answer.Status.ShouldBe(200, answer.Body);
            answer["transfer-encoding"].ShouldBeNull();
            (await client.IsClosedAsync()).ShouldBeTrue();
            (await siege.RestAsync()).ShouldHaveSingleItem().End.ShouldBe(ExchangeEnd.Ok);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task An_absolute_target_of_ours_is_served(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        var request = Encoding.Latin1.GetString(door.Post(siege.Gateway.Token, door.Good))
            .Replace($"POST {path}", $"POST http://127.0.0.1{path}", StringComparison.Ordinal);
        await client.SendAsync(request);
        (await client.ReadAsync())!.Status.ShouldBe(200);
        (await siege.RestAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Latin1_in_headers_goes_through_as_the_bytes_that_it_is(string path)
    {
        var door = Door.At(path);
        siege.Gateway.Simulator!.Received.Clear();
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(
            door.Post(siege.Gateway.Token, door.Good, "x-name: Jos\xe9 \xff\r\nUser-Agent: caf\xe9/1\r\nx-request-id: \xe9\r\n"));
        (await client.ReadAsync())!.Status.ShouldBe(200);
        siege.Asked.ShouldHaveSingleItem().Header("x-name").ShouldBe("Jos\xe9 \xff");
        (await siege.RestAsync()).ShouldHaveSingleItem().Client.ShouldBe("caf\xe9");
    }

    /// <summary>From admission on there is a row, also when Gatehouse itself refuses.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_model_that_nothing_matches_is_404_with_a_row(string path)
    {
        var row = await RefusedAsync(Door.At(path), Door.At(path).With("\"model\":\"claud-x\""), siege.Gateway.Token, 404);
        row.ErrorType.ShouldBe("model_not_found");
        row.Provider.ShouldBeNull();
        row.ModelAsked.ShouldBe("claud-x");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_model_that_the_token_may_not_use_is_403_with_a_row(string path) =>
        (await RefusedAsync(Door.At(path), Door.At(path).Good, siege.OneModel, 403)).ErrorType.ShouldBe("model_not_allowed");

    /// <summary>A name of a megabyte is compared with nothing, told back in part, and cut in ledger and log.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_model_name_of_a_megabyte_costs_little(string path)
    {
        var door = Door.At(path);
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Post(siege.Gateway.Token, door.With($"\"model\":\"{new string('m', 1 << 20)}\"")));
        var answer = (await client.ReadAsync())!;
        answer.Status.ShouldBe(404);
        answer.Body.Length.ShouldBeLessThan(4096);
        (await siege.RestAsync()).ShouldHaveSingleItem().ModelAsked!.Length.ShouldBeLessThanOrEqualTo(256);
    }

    [Fact]
    public async Task State_that_lives_with_the_provider_is_refused_with_a_row()
    {
        var door = Door.Responses;
        (await RefusedAsync(door, door.With("\"model\":\"gpt-x\",\"background\":true"), siege.Gateway.Token, 400)).ErrorType.ShouldBe(
            "background_not_supported");
        (await RefusedAsync(door, door.With("\"model\":\"gpt-x\",\"conversation\":\"conv_1\""), siege.Gateway.Token,
            400)).ErrorType.ShouldBe("upstream_state_not_supported");
        (await RefusedAsync(door, door.With("\"model\":\"gpt-x\",\"previous_response_id\":\"resp_foreign\""), siege.Gateway.Token,
            400)).ErrorType.ShouldBe("response_not_found");
    }

    private async Task<ExchangeRecord> RefusedAsync(Door door, string body, string token, int status)
    {
        siege.Gateway.Simulator!.Received.Clear();
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Post(token, body));
        var answer = (await client.ReadAsync())!;
        answer.Status.ShouldBe(status, answer.Body);
        door.ErrorWord(answer.Body).ShouldNotBeEmpty();
        siege.Asked.ShouldBeEmpty();
        var row = (await siege.RestAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Refused);
        row.Status.ShouldBe(status);
        row.Id.ToString().ShouldBe(answer["x-gatehouse-exchange"]);
        return row;
    }
}
