using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Translations;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Answers in forms that no vendor sends today and HTTP allows: every byte passes, the row is right, and what is not whole never looks so.</summary>
public sealed class OddWireTests
{
    /// <summary>What is odd.</summary>
    public enum Form
    {
        OddHeaders,
        InterimAnswers,
        Trailers,
        ChunkExtensions,
        OneByteChunks,
        GzipInMembers,
        WithLength,
        UntilClose,
        OtherKind,
        KindNotTold,
        ByteOrderMark,
        CarriageReturns,
        MixedLineEnds,
        Nul,
        Megabyte,
        EmptyEvents,
        NoSpaceBehindColon,
        DataInLines,
        Padded,
    }

    public static TheoryData<Form, Dialect, bool> Cases()
    {
        var cases = new TheoryData<Form, Dialect, bool>();
        foreach (var form in Enum.GetValues<Form>())
        {
            foreach (var dialect in Caller.All)
            {
                cases.Add(form, dialect, true);
                if (form is not (Form.CarriageReturns or Form.MixedLineEnds or Form.EmptyEvents or Form.NoSpaceBehindColon or Form.DataInLines)) cases.Add(form, dialect, false);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_whole_one_passes_untouched(Form form, Dialect dialect, bool stream)
    {
        var (head, wire, body) = Make(form, dialect, stream, whole: true);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(head);
            await connection.Stream.WriteAsync(wire);
            if (form == Form.UntilClose) ((NetworkStream)connection.Stream).Socket.Shutdown(SocketShutdown.Send);
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream), "accept-encoding: gzip");
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200);
        answer.Body.AsSpan().SequenceEqual(body).ShouldBeTrue(answer.Text.Length > 1000 ? answer.Text[..1000] : answer.Text);
        answer.IsWhole.ShouldBeTrue();
        if (form == Form.OddHeaders)
        {
            answer["x-many"].ShouldBe("1|2");
            answer["x-empty"].ShouldBe("");
        }

        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType, row.Status, row.UsageSource).ShouldBe((ExchangeEnd.Ok, null, 200, UsageSource.Upstream));
        (row.Usage.Input, row.Usage.Output).ShouldBe((3, 2));
        row.StopReason.ShouldNotBeNull();
        row.ModelUsed.ShouldBe("m-used");
        row.ResponseBytes.ShouldBeInRange(body.Length - 4, body.Length);
        await AtRest.ShouldComeAsync(gateway);
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task One_without_its_end_never_looks_whole(Form form, Dialect dialect, bool stream)
    {
        var (head, wire, _) = Make(form, dialect, stream, whole: false);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(head);
            await connection.Stream.WriteAsync(wire);
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream), "accept-encoding: gzip");
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200);
        // Of a document that has its length, its reader sees that it is none.
        if (form != Form.WithLength) answer.IsCut.ShouldBeTrue(answer.Text.Length > 1000 ? answer.Text[..1000] : answer.Text);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.ErrorType.ShouldNotBeNull();
        await AtRest.ShouldComeAsync(gateway);
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task The_usage_chunk_that_nobody_asked_for_is_kept_out_of_all_of_them(Form form)
    {
        var (head, wire, body) = Make(form, Dialect.OpenAiChat, stream: true, whole: true);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(head);
            await connection.Stream.WriteAsync(wire);
            if (form == Form.UntilClose) connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(
            gateway, "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"""u8.ToArray());
        var answer = await client.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldNotContain("prompt_tokens");
        answer.Text.ShouldContain("[DONE]");
        var text = Encoding.UTF8.GetString(body);
        answer.Body.Length.ShouldBeInRange(text.Length - 400, text.Length - 100, answer.Text.Length > 1000 ? answer.Text[..1000] : answer.Text);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.UsageSource, row.Usage.Output).ShouldBe((ExchangeEnd.Ok, UsageSource.Upstream, 2));
        await AtRest.ShouldComeAsync(gateway);
    }

    public static TheoryData<Form, Dialect, Dialect, bool> Edges()
    {
        var cases = new TheoryData<Form, Dialect, Dialect, bool>();
        foreach (var one in Cases())
        {
            var (form, upstream, stream) = one.Data;
            // A bare NUL is no JSON, and who translates has to read it.
            if (form is Form.GzipInMembers or Form.Megabyte or Form.OneByteChunks or Form.Nul) continue;
            foreach (var client in Caller.All.Where(c => c != upstream)) cases.Add(form, client, upstream, stream);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_whole_one_is_translated_like_any_other(Form form, Dialect client, Dialect upstream, bool stream)
    {
        var (head, wire, _) = Make(form, upstream, stream, whole: true);
        await using var host = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(head);
            await connection.Stream.WriteAsync(wire);
            if (form == Form.UntilClose) ((NetworkStream)connection.Stream).Socket.Shutdown(SocketShutdown.Send);
        });
        await using var gateway = await GatewayHarness.StartAsync(
            host.Address, models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");
        await using var caller = await RawClient.PostAsync(
            gateway, Caller.Path(client), Encoding.UTF8.GetBytes(DialectClient.Request(client, "Say it", stream).ToJsonString()));
        var answer = await caller.AnswerAsync();
        answer.Status.ShouldBe(200, answer.Text);
        answer.IsWhole.ShouldBeTrue(answer.Text);
        answer.Text.ShouldContain("hi");
        if (stream) answer.Count(Caller.Terminal(client)).ShouldBe(1, answer.Text);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType, row.Usage.Input, row.Usage.Output).ShouldBe((ExchangeEnd.Ok, null, 3, 2));
        await AtRest.ShouldComeAsync(gateway);
    }

    [Theory]
    [InlineData("HTTP/1.1 304 Same\r\ncontent-length: 1234\r\n\r\n", 304)]
    [InlineData("HTTP/1.1 204 None\r\ncontent-length: 0\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 204 None\r\ntransfer-encoding: chunked\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 205 Reset\r\ncontent-length: 0\r\n\r\n", 205)]
    [InlineData("HTTP/1.1 205 Reset\r\ncontent-length: 5\r\n\r\nhello", 205)]
    [InlineData("HTTP/1.1 205 Reset\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 205)]
    [InlineData("HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n", 400)]
    [InlineData("HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("HTTP/1.1 400 No\r\nconnection: close\r\n\r\n", 400, true)]
    public async Task Answers_without_a_body_end_and_leave_their_connection_usable(string answer, int status, bool closes = false)
    {
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(answer);
            if (closes) connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
        var first = await client.AnswerAsync();
        first.Status.ShouldBe(status);
        first.IsWhole.ShouldBeTrue();
        first.Body.ShouldBeEmpty();
        (await gateway.RowsAsync()).ShouldHaveSingleItem().Status.ShouldBe(status);
        await AtRest.ShouldComeAsync(gateway);

        using var again = gateway.Post("/v1/messages", System.Text.Encoding.UTF8.GetString(Caller.Body(Dialect.Anthropic, "m", stream: false)));
        ((int)(await gateway.SendAsync(again)).Response.StatusCode).ShouldBe(status);
    }

    public static TheoryData<Form> Streams() => [.. Enum.GetValues<Form>().Where(f => f is not (Form.GzipInMembers or Form.OtherKind or Form.KindNotTold))];

    private static (string Head, byte[] Wire, byte[] Body) Make(Form form, Dialect dialect, bool stream, bool whole)
    {
        if (form == Form.OtherKind) stream = !stream;
        var text = stream ? string.Concat(Events(dialect, whole, form)) : Document(dialect, form) is var document && whole ? document : document[..^5];
        text = form switch
        {
            Form.CarriageReturns => text.Replace('\n', '\r'),
            Form.MixedLineEnds => text.Replace("\n\n", "\r\n\n", StringComparison.Ordinal),
            Form.NoSpaceBehindColon => text.Replace("data: ", "data:", StringComparison.Ordinal).Replace("event: ", "event:", StringComparison.Ordinal),
            Form.DataInLines => text.Replace("data: {", "data: {\ndata: ", StringComparison.Ordinal),
            Form.ByteOrderMark => "\ufeff" + text,
            Form.Padded => (stream ? "\n\n" : " \r\n\t") + text + (whole ? stream ? "\n\n: bye\n\n" : "\r\n \n" : ""),
            _ => text,
        };
        var body = Encoding.UTF8.GetBytes(text);
        if (form == Form.GzipInMembers) body = [.. Gzip(body[..(body.Length / 2)]), .. Gzip([]), .. Gzip(body[(body.Length / 2)..])];
        var type = stream ? "text/event-stream" : "application/json";
        var head = $"HTTP/1.1 200 OK\r\ncontent-type: {type}\r\n";
        if (form == Form.KindNotTold) head = "HTTP/1.1 200 OK\r\n";
        var last = "0\r\n\r\n";
        switch (form)
        {
            case Form.OddHeaders:
                var odd = stream ? "Text/Event-Stream ;Charset=\"UTF-8\"" : "APPLICATION/JSON;charset=utf-8";
                head = $"HTTP/1.1 200 \r\nCONTENT-type:{odd}\r\nX-Many: 1\r\nx-empty:\r\nx-mANY:\t2 \t\r\n";
                break;
            case Form.InterimAnswers:
                head = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\ncontent-length: 5\r\n\r\n" + head;
                break;
            case Form.Trailers:
                last = "0\r\nx-trailer: 1\r\ncontent-length: 3\r\n\r\n";
                break;
            case Form.ChunkExtensions:
                last = "000 ;last\r\n\r\n";
                break;
            case Form.GzipInMembers:
                head += "Content-Encoding: GZIP\r\n";
                break;
            case Form.WithLength:
                return ($"{head}content-length: {body.Length}\r\n\r\n", body, body);
            case Form.UntilClose:
                return (head + "connection: close\r\n\r\n", body, body);
        }

        var wire = new List<byte>();
        foreach (var chunk in body.Chunk(form == Form.OneByteChunks ? 1 : 50_000))
        {
            var line = form == Form.ChunkExtensions ? $"0{chunk.Length:X} ; a=\"b;c\";d\r\n" : $"{chunk.Length:x}\r\n";
            wire.AddRange([.. Encoding.ASCII.GetBytes(line), .. chunk, .. "\r\n"u8]);
        }

        wire.AddRange(Encoding.ASCII.GetBytes(last));
        return (head + "transfer-encoding: chunked\r\n\r\n", [.. wire], body);
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var target = new MemoryStream();
        using (var encoder = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            encoder.Write(plain);
            encoder.Flush();
        }

        return target.ToArray();
    }

    private static string Words(Form form) => form switch
    {
        Form.Megabyte => new string('x', 1024 * 1024),
        Form.Nul => "a\0b",
        _ => "hi",
    };

    private static string Document(Dialect dialect, Form form) => dialect switch
    {
        Dialect.Anthropic => $$$"""{"id":"msg_1","type":"message","role":"assistant","model":"m-used","content":[{"type":"text","text":"{{{Words(form)}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}}""",
        Dialect.OpenAiChat => $$$"""{"id":"c1","object":"chat.completion","created":1,"model":"m-used","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Words(form)}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""",
        _ => $$$"""{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m-used","output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"{{{Words(form)}}}","annotations":[]}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}""",
    };

    private static IEnumerable<string> Events(Dialect dialect, bool whole, Form form)
    {
        var events = dialect switch
        {
            Dialect.Anthropic => new[]
            {
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m-used\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n",
                "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
                $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{Words(form)}\"}}}}\n\n",
                "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
                "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":2}}\n\n",
                "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            },
            Dialect.OpenAiChat =>
            [
                $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m-used\",\"choices\":[{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"content\":\"{Words(form)}\"}},\"finish_reason\":null}}]}}\n\n",
                "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m-used\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m-used\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}\n\n",
                "data: [DONE]\n\n",
            ],
            _ =>
            [
                "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\",\"model\":\"m-used\",\"output\":[]}}\n\n",
                $"event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"{Words(form)}\"}}\n\n",
                "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"completed\",\"model\":\"m-used\",\"output\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":2,\"total_tokens\":5}}}\n\n",
            ],
        };
        foreach (var one in whole ? events : events[..^1])
        {
            yield return one;
            if (form == Form.EmptyEvents) yield return "\n\n: c\n\nevent: odd\n\nid: 7\nretry: 10\n\n";
        }
    }
}
