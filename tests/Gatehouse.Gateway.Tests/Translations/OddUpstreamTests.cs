using System.Globalization;
using System.Net;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>Providers that do not end their answers as they should, or say under a good status that there is none, and what callers of each dialect get of it.</summary>
public sealed class OddUpstreamTests
{
    public static TheoryData<Dialect, Dialect, bool, bool> Ends()
    {
        var data = new TheoryData<Dialect, Dialect, bool, bool>();
        foreach (var client in Caller.All)
        {
            foreach (var upstream in Caller.All)
            {
                foreach (var (stream, stalls) in new[] { (true, true), (true, false), (false, true), (false, false) })
                {
                    // A provider of the caller's own dialect that was asked for a document sends one.
                    if (stream || client != upstream) data.Add(client, upstream, stream, stalls);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_a_provider_does_behind_its_last_event_takes_nothing_away_from_the_answer(Dialect client, Dialect upstream, bool stream, bool stalls)
    {
        await ShouldBeWholeAsync(client, upstream, "text/event-stream", await RecordAsync(upstream), stream, stalls);
    }

    public static TheoryData<Dialect, Dialect, bool, bool> DocumentEnds()
    {
        var data = new TheoryData<Dialect, Dialect, bool, bool>();
        foreach (var row in Ends())
        {
            if (row.Data.Item1 != row.Data.Item2) data.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3, row.Data.Item4);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(DocumentEnds))]
    public async Task Nor_does_what_it_does_behind_a_documents_last_bracket(Dialect client, Dialect upstream, bool stream, bool stalls)
    {
        await using var plain = await StartAsync(upstream);
        var (_, document) = await plain.SendAsync(plain.Post(DialectClient.Path(upstream), DialectClient.Request(upstream, "Hi", stream: false).ToJsonString()));
        await ShouldBeWholeAsync(client, upstream, "application/json", Encoding.UTF8.GetBytes(document), stream, stalls);
    }

    [Theory]
    [InlineData(Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task A_chat_stream_without_its_last_line_that_ended_in_order_has_told_its_whole_usage(Dialect client)
    {
        var events = Encoding.UTF8.GetString(await RecordAsync(Dialect.OpenAiChat)).Replace("data: [DONE]\n\n", "", StringComparison.Ordinal);
        await using var host = ScriptedUpstream.Answering(200, "content-type: text/event-stream", events);
        await using var gateway = await StartAsync(Dialect.OpenAiChat, "", host.Address);
        var (_, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream: true).ToJsonString()));
        DialectClient.Read(client, body, stream: true).IsWhole.ShouldBeTrue(body);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Usage.Output.ShouldNotBeNull();
        row.UsageSource.ShouldBe(UsageSource.Upstream);
    }

    [Theory]
    [InlineData(Dialect.OpenAiChat, Dialect.Anthropic, 503)]
    [InlineData(Dialect.OpenAiResponses, Dialect.Anthropic, 503)]
    [InlineData(Dialect.Anthropic, Dialect.OpenAiChat, 529)]
    public async Task An_overload_that_is_told_under_a_good_status_has_a_status_that_the_caller_knows(Dialect client, Dialect upstream, int status)
    {
        await using var host = ScriptedUpstream.Answering(
            200, "content-type: application/json", """{"type":"error","error":{"type":"overloaded_error","code":"overloaded","message":"Too many of you"}}""");
        await using var gateway = await StartAsync(upstream, "", host.Address);
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream: false).ToJsonString()));
        ((int)response.StatusCode).ShouldBe(status, body);
        body.ShouldContain("Too many of you");
        (await gateway.RowsAsync()).ShouldHaveSingleItem().Status.ShouldBe(status);
    }

    [Theory]
    [MemberData(nameof(TranslatedCallTests.Edges), MemberType = typeof(TranslatedCallTests))]
    public async Task A_good_status_that_allows_no_body_is_no_answer(Dialect client, Dialect upstream, bool stream)
    {
        await using var host = ScriptedUpstream.Answering("HTTP/1.1 204 Nothing\r\n\r\n");
        await using var gateway = await StartAsync(upstream, "", host.Address);
        await using var caller = await RawClient.PostAsync(
            gateway, DialectClient.Path(client), Encoding.UTF8.GetBytes(DialectClient.Request(client, "Hi", stream).ToJsonString()));
        var answer = await caller.AnswerAsync();
        answer.Text.ShouldContain("is no answer");
        if (stream) answer.Count(Caller.ErrorEvent(client)).ShouldBe(1);
        else answer.Status.ShouldBe(502);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType, row.UpstreamStatus).ShouldBe((ExchangeEnd.UpstreamError, "upstream_bad_answer", 204));
    }

    [Theory]
    [MemberData(nameof(TranslatedCallTests.Edges), MemberType = typeof(TranslatedCallTests))]
    public async Task A_document_that_begins_with_a_byte_order_mark_is_read(Dialect client, Dialect upstream, bool stream)
    {
        await using var plain = await StartAsync(upstream);
        var (_, document) = await plain.SendAsync(plain.Post(DialectClient.Path(upstream), DialectClient.Request(upstream, "Hi", stream: false).ToJsonString()));
        await using var host = ScriptedUpstream.Answering(200, "content-type: application/json", "\uFEFF" + document);
        await using var gateway = await StartAsync(upstream, "", host.Address);
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream).ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        DialectClient.Read(client, body, stream).Text.ToString().ShouldBe("You said: Hi");
    }

    [Theory]
    [InlineData(Dialect.Anthropic, Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses, Dialect.Anthropic)]
    public async Task A_packed_error_that_nobody_asked_for_is_not_shown_as_it_lies(Dialect client, Dialect upstream)
    {
        await using var host = ScriptedUpstream.Answering(500, "content-type: application/json\r\ncontent-encoding: gzip", "\u001f\u008b\u0008 gibberish");
        await using var gateway = await StartAsync(upstream, "", host.Address);
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream: false).ToJsonString()));
        ((int)response.StatusCode).ShouldBe(500);
        body.ShouldNotContain("gibberish");
        body.ShouldContain("answered 500 without saying why");
    }

    /// <summary>A stream of the dialect, as the simulator sends it.</summary>
    /// <summary>Answers with these bytes and neither with the last chunk nor in order: the connection is closed behind them, or stays as it is.</summary>
    private static async Task ShouldBeWholeAsync(Dialect client, Dialect upstream, string mediaType, byte[] sent, bool stream, bool stalls)
    {
        await using var host = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\ncontent-type: {mediaType}\r\ntransfer-encoding: chunked\r\n\r\n{sent.Length:x}\r\n");
            await connection.Stream.WriteAsync(sent);
            await connection.WriteAsync("\r\n");
            if (stalls) await connection.WaitClosedAsync();
            else connection.Close();
        });
        await using var gateway = await StartAsync(upstream, "", host.Address, """, "stream": { "keepAliveSeconds": 0.2 }""");
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream).ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var answer = DialectClient.Read(client, body, stream);
        answer.Text.ToString().ShouldBe("You said: Hi");
        answer.IsWhole.ShouldBeTrue();
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.Status, row.ErrorType, row.UsageSource).ShouldBe((ExchangeEnd.Ok, 200, null, UsageSource.Upstream));
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(0, "nothing is wrong with the answer");
    }

    private static async Task<byte[]> RecordAsync(Dialect dialect)
    {
        await using var plain = await StartAsync(dialect);
        var (_, body) = await plain.SendAsync(plain.Post(DialectClient.Path(dialect), DialectClient.Request(dialect, "Hi", stream: true).ToJsonString()));
        body.ShouldContain(Caller.Terminal(dialect));
        return Encoding.UTF8.GetBytes(body);
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream, string providerExtra = "", string? address = null, string configExtra = "") => GatewayHarness.StartAsync(
        address, providerExtra: providerExtra, configExtra: configExtra,
        models: string.Create(CultureInfo.InvariantCulture, $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]"""));
}
