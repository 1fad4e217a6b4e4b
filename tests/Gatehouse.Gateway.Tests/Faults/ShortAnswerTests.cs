using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Translations;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Answers of which less comes than was announced: what the client can't take for whole is no good end in the ledger either.</summary>
public sealed class ShortAnswerTests
{
    private static readonly ConcurrentDictionary<Dialect, Task<byte[]>> s_documents = new();

    /// <summary>How much of the document comes.</summary>
    public enum Part
    {
        /// <summary>Half.</summary>
        Half,

        /// <summary>All but the white space that was announced behind it, or but the end of its coding.</summary>
        AllButTheEnd,
    }

    public static TheoryData<Dialect, string?, Part, bool, bool> Cases()
    {
        var cases = new TheoryData<Dialect, string?, Part, bool, bool>();
        foreach (var dialect in Caller.All)
        {
            foreach (var coding in new[] { null, "gzip", "br", "deflate" })
            {
                foreach (var stalls in new[] { false, true })
                {
                    // Of the codings, one is enough to see that silence is timed out.
                    if (stalls && coding is ("br" or "deflate")) continue;
                    cases.Add(dialect, coding, Part.Half, true, stalls);
                    cases.Add(dialect, coding, Part.AllButTheEnd, true, stalls);
                    cases.Add(dialect, coding, Part.Half, false, stalls);
                    // A plain document in chunks is whole with its last bracket.
                    if (coding is not null) cases.Add(dialect, coding, Part.AllButTheEnd, false, stalls);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_document_that_ends_before_its_message_is_broken_for_client_and_ledger_alike(
        Dialect dialect, string? coding, Part part, bool declared, bool stalls)
    {
        var document = await DocumentAsync(dialect);
        var body = coding is null ? [.. document, .. "\n"u8] : CompressionTests.Encode(document, coding);
        var sent = body[..(part == Part.Half ? body.Length / 2 : body.Length - 1)];
        await using var upstream = Breaking(sent, declared ? body.Length : null, coding, stalls);
        await using var gateway = await GatewayHarness.StartAsync(
            upstream.Address, providerExtra: """, "deadlines": { "idleSeconds": 1 }""", configExtra: """, "stream": { "keepAliveSeconds": 0.2 }""");
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: false), "accept-encoding: " + (coding ?? "identity"));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200);
        answer.IsCut.ShouldBeTrue("it must not end like a whole one");
        answer.Body.ShouldBe(sent);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.Status, row.ErrorType).ShouldBe(
            stalls ? (ExchangeEnd.Timeout, 200, "idle_timeout") : (ExchangeEnd.UpstreamError, 200, "upstream_reset"));
        row.UsageSource.ShouldNotBe(UsageSource.Upstream);
        await AtRest.ShouldComeAsync(gateway);
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1, "it counts against the provider");
    }

    [Theory]
    [MemberData(nameof(TranslatedCallTests.Edges), MemberType = typeof(TranslatedCallTests))]
    public async Task A_translated_one_is_an_error_of_the_callers_dialect(Dialect client, Dialect upstream, bool stream)
    {
        var document = await DocumentAsync(upstream);
        await using var host = Breaking(document[..(document.Length / 2)], document.Length, coding: null, stalls: false);
        await using var gateway = await GatewayHarness.StartAsync(host.Address, models: Only(upstream));
        await using var caller = await RawClient.PostAsync(
            gateway, Caller.Path(client), Encoding.UTF8.GetBytes(DialectClient.Request(client, "Hi", stream).ToJsonString()));
        var answer = await caller.AnswerAsync();
        if (stream && answer.Status == 200) answer.Count(Caller.ErrorEvent(client)).ShouldBe(1, answer.Text);
        else answer.Status.ShouldBe(502, answer.Text);
        answer.Text.ShouldContain("broke off");
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.Status, row.ErrorType).ShouldBe((ExchangeEnd.UpstreamError, answer.Status, "upstream_reset"));
        await AtRest.ShouldComeAsync(gateway);
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1);
    }

    private static string Only(Dialect upstream) =>
        string.Create(CultureInfo.InvariantCulture, $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");

    /// <summary>Sends these bytes, announced with a length or in one chunk, and then closes or falls silent.</summary>
    private static ScriptedUpstream Breaking(byte[] sent, int? length, string? coding, bool stalls) => new(async (connection, _) =>
    {
        var framing = length is { } announced ? $"content-length: {announced}\r\n\r\n" : $"transfer-encoding: chunked\r\n\r\n{sent.Length:x}\r\n";
        var packed = coding is null ? "" : $"content-encoding: {coding}\r\n";
        await connection.WriteAsync($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{packed}{framing}");
        await connection.Stream.WriteAsync(sent);
        if (length is null) await connection.WriteAsync("\r\n");
        if (stalls) await connection.WaitClosedAsync();
        else connection.Close();
    });

    /// <summary>A document of the dialect, as the simulator sends it.</summary>
    private static Task<byte[]> DocumentAsync(Dialect dialect) => s_documents.GetOrAdd(dialect, RecordAsync);

    private static async Task<byte[]> RecordAsync(Dialect dialect)
    {
        await using var plain = await GatewayHarness.StartAsync(models: Only(dialect));
        var (_, document) = await plain.SendAsync(plain.Post(Caller.Path(dialect), Encoding.UTF8.GetString(Caller.Body(dialect, "m", stream: false))));
        return Encoding.UTF8.GetBytes(document.TrimEnd());
    }
}
