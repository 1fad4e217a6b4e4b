using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Compressed answers: relayed as they are, and metered all the same.</summary>
public sealed class CompressionTests(FaultyGateway faulty) : IClassFixture<FaultyGateway>
{
    public static TheoryData<string, Dialect, bool> Cases()
    {
        var cases = new TheoryData<string, Dialect, bool>();
        foreach (var coding in new[] { "gzip", "br", "deflate" })
        {
            foreach (var dialect in Caller.All)
            {
                cases.Add(coding, dialect, true);
                cases.Add(coding, dialect, false);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_client_that_takes_a_coding_gets_it_and_is_metered(string coding, Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, coding, stream, "accept-encoding: " + coding);
        answer.Status.ShouldBe(200);
        answer["content-encoding"].ShouldBe(coding);
        answer.IsWhole.ShouldBeTrue();
        var text = Decode(answer.Body, coding);
        if (stream) text.ShouldContain(Caller.Terminal(dialect));
        else JsonDocument.Parse(text).RootElement.TryGetProperty("usage", out _).ShouldBeTrue();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        row.Usage.Output!.Value.ShouldBeGreaterThan(0);
        row.StopReason.ShouldNotBeNull();
        if (stream) row.Events.ShouldBe(text.Split("\n\n").Length - 1);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_compressed_stream_that_breaks_is_cut_and_gets_nothing_put_in(string coding, Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, $"{coding}+reset-mid", stream, "accept-encoding: " + coding);
        answer.Status.ShouldBe(200);
        answer.IsCut.ShouldBeTrue();
        answer.Text.ShouldNotContain("Provider 'up'");
        row.ResponseBytes.ShouldBe(answer.Body.Length);
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.ErrorType.ShouldBe("upstream_reset");
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_client_that_asks_for_no_coding_gets_none(string coding, Dialect dialect, bool stream)
    {
        // The simulator compresses for callers that accept it: so none was accepted in this client's name.
        var (answer, row) = await faulty.CallAsync(dialect, coding, stream);
        answer["content-encoding"].ShouldBeNull();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldContain(stream ? Caller.Terminal(dialect) : "\"usage\"");
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        faulty.Gateway.Simulator!.Received.Last!.Header("accept-encoding").ShouldBe("identity");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_coding_that_nobody_asked_for_is_passed_on_and_metered(string coding, Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, coding + "-always", stream);
        answer["content-encoding"].ShouldBe(coding);
        Decode(answer.Body, coding).ShouldContain(stream ? Caller.Terminal(dialect) : "\"usage\"");
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        row.End.ShouldBe(ExchangeEnd.Ok);
    }

    [Fact]
    public async Task A_chat_stream_that_is_compressed_unasked_passes_whole_with_its_usage_chunk()
    {
        var gateway = faulty.Gateway;
        var body = Encoding.UTF8.GetBytes(
            """{"model":"m+gzip-always","messages":[{"role":"user","content":"one two three"}],"stream":true}""");
        await using var client = await RawClient.PostAsync(gateway, "/v1/chat/completions", body);
        var answer = await client.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        Decode(answer.Body, "gzip").ShouldContain("data: [DONE]");
    }

    [Theory]
    [InlineData("zstd", "zstd", "identity")]
    [InlineData("zstd, gzip;q=0.5", "zstd", "gzip;q=0.5")]
    [InlineData("x-new", "x-new", "identity")]
    public async Task A_coding_that_can_not_be_read_is_not_asked_for_and_passes_unmetered(string accepts, string coding, string asked)
    {
        var bytes = new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 10, 10, 13, 0, 255, 1, 2, 3 };
        await using var upstream = ScriptedUpstream.Answering(
            $"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: {coding}\r\ncontent-length: {bytes.Length}\r\n\r\n",
            bytes);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        foreach (var dialect in Caller.All)
        {
            await using var client = await RawClient.PostAsync(
                gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true), "accept-encoding: " + accepts);
            var answer = await client.AnswerAsync();
            answer.Status.ShouldBe(200);
            answer.IsWhole.ShouldBeTrue();
            answer.Body.ShouldBe(bytes);
            answer["content-encoding"].ShouldBe(coding);
            upstream.Calls[^1]["accept-encoding"].ShouldBe(asked);
        }

        foreach (var row in await gateway.RowsAsync())
        {
            row.End.ShouldBe(ExchangeEnd.Ok);
            row.UsageSource.ShouldBe(UsageSource.None);
        }
    }

    public static byte[] Encode(byte[] plain, string coding)
    {
        using var target = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
        }) encoder.Write(plain);
        return target.ToArray();
    }

    private static string Decode(byte[] bytes, string coding)
    {
        using var source = new MemoryStream(bytes);
        using Stream decoder = coding switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            _ => new ZLibStream(source, CompressionMode.Decompress),
        };
        using var reader = new StreamReader(decoder, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
