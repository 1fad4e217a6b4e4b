using System.Globalization;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Simulator;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// Recorded streams, cut in two at every byte: the second part is only sent once the client has the first, so each cut really happens, and
/// it shows that bytes go on as they arrive.
/// </summary>
public sealed class CutPositionTests
{
    private const int Lanes = 4;

    public static TheoryData<Dialect, bool> Streams
    {
        get
        {
            var streams = new TheoryData<Dialect, bool>();
            foreach (var dialect in Caller.All)
            {
                streams.Add(dialect, false);
                streams.Add(dialect, true);
            }

            return streams;
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Bytes_and_facts_do_not_depend_on_where_a_stream_is_cut(Dialect dialect, bool crlf)
    {
        var stream = await RecordAsync(dialect, crlf);
        var lanes = new Lane[Lanes];
        for (var i = 0; i < Lanes; i++) lanes[i] = new Lane(stream);
        await using var upstream = new ScriptedUpstream((connection, request) =>
            lanes[int.Parse(request["x-lane"]!, CultureInfo.InvariantCulture)].PlayAsync(connection.Stream));
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);

        // Every position of a short stream; Responses, whose events repeat each other, and CR LF by steps.
        var step = 1 + (stream.Length / (crlf ? 250 : 900));
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async number =>
        {
            for (var cut = 1 + (number * step); cut < stream.Length; cut += Lanes * step)
                await lanes[number].CallAsync(gateway, dialect, number, cut);
        }));

        await AtRest.ShouldComeAsync(gateway);
        using var ceiling = new CancellationTokenSource(GatewayHarness.Ceiling);
        await gateway.Ledger.FlushAsync(ceiling.Token);
        var rows = await new LedgerQuery(gateway.Store).RecentAsync(100_000, ceiling.Token);
        rows.Count.ShouldBe(lanes.Sum(l => l.Calls));
        rows.Count.ShouldBeGreaterThan(150);
        rows.Select(Facts).Distinct().Count().ShouldBe(1, string.Join('\n', rows.Select(Facts).Distinct().Take(3)));
        var row = rows[0];
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        row.Usage.Input!.Value.ShouldBeGreaterThan(0);
        row.Usage.Output!.Value.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_usage_chunk_is_kept_back_wherever_the_stream_is_cut(bool crlf)
    {
        var end = crlf ? "\r\n" : "\n";
        var before = $"data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"a\"}}}}]}}{end}{end}";
        var usage = $"data: {{\"id\":\"c\",\"choices\":[],\"usage\":{{\"prompt_tokens\":3,\"completion_tokens\":4}}}}{end}{end}";
        var done = $"data: [DONE]{end}{end}";
        var stream = Encoding.ASCII.GetBytes(before + usage + done);
        await using var upstream = new ScriptedUpstream(async (connection, request) =>
        {
            var cut = int.Parse(request["x-cut"]!, CultureInfo.InvariantCulture);
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {stream.Length}\r\n\r\n");
            await connection.Stream.WriteAsync(stream.AsMemory(0, cut));
            await Task.Delay(2);
            await connection.Stream.WriteAsync(stream.AsMemory(cut));
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            using var request = gateway.Post("/v1/chat/completions", """{"model":"m","messages":[],"stream":true}""");
            request.Headers.Add("x-cut", cut.ToString(CultureInfo.InvariantCulture));
            var (_, answer) = await gateway.SendAsync(request);
            answer.ShouldBe(before + done, $"cut at {cut}");
        }

        foreach (var row in await gateway.RowsAsync())
        {
            (row.End, row.Usage.Input, row.Usage.Output, row.Events).ShouldBe((ExchangeEnd.Ok, 3, 4, 3));
        }
    }

    private static string Facts(ExchangeRecord row) => string.Join(
        '|', row.End, row.Status, row.StopReason, row.ModelUsed, row.ResponseId, row.Usage, row.UsageSource, row.Events, row.ServiceTier,
        row.ErrorType);

    /// <summary>A stream with a tool call, as the simulator sends it.</summary>
    private static async Task<byte[]> RecordAsync(Dialect dialect, bool crlf)
    {
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RequireKey = false });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulator.Address, Caller.Path(dialect)))
        {
            Content = new ByteArrayContent(Caller.Body(dialect, crlf ? "m+crlf" : "m", stream: true, prompt: "[say ☃ é]")),
        };
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Headers.Add("authorization", "Bearer key");
        request.Content.Headers.Add("content-type", "application/json");
        using var ceiling = new CancellationTokenSource(GatewayHarness.Ceiling);
        var answer = await client.SendAsync(request, ceiling.Token);
        var stream = await answer.Content.ReadAsByteArrayAsync(ceiling.Token);
        Encoding.UTF8.GetString(stream).ShouldContain(Caller.Terminal(dialect));
        return stream;
    }

    /// <summary>One call after the other, each with its own cut.</summary>
    private sealed class Lane(byte[] stream)
    {
        private readonly byte[] _read = new byte[stream.Length + 1];
        private TaskCompletionSource _halfSeen = new();
        private int _cut;

        public int Calls { get; private set; }

        public async Task PlayAsync(Stream client)
        {
            await client.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n{_cut:x}\r\n"));
            await client.WriteAsync(stream.AsMemory(0, _cut));
            await _halfSeen.Task.WaitAsync(GatewayHarness.Ceiling);
            await client.WriteAsync(Encoding.ASCII.GetBytes($"\r\n{stream.Length - _cut:x}\r\n"));
            await client.WriteAsync((byte[])[.. stream[_cut..], .. "\r\n0\r\n\r\n"u8]);
        }

        public async Task CallAsync(GatewayHarness gateway, Dialect dialect, int lane, int cut)
        {
            (_cut, _halfSeen) = (cut, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            using var request = gateway.Post(Caller.Path(dialect), Encoding.UTF8.GetString(Caller.Body(dialect, "m", stream: true)));
            request.Headers.Add("x-lane", lane.ToString(CultureInfo.InvariantCulture));
            using var ceiling = new CancellationTokenSource(GatewayHarness.Ceiling);
            using var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ceiling.Token);
            await using var body = await response.Content.ReadAsStreamAsync(ceiling.Token);
            var length = await body.ReadAtLeastAsync(_read.AsMemory(0, cut), cut, throwOnEndOfStream: true, ceiling.Token);
            _halfSeen.SetResult();
            length += await body.ReadAtLeastAsync(_read.AsMemory(length), _read.Length - length, throwOnEndOfStream: false, ceiling.Token);
            _read.AsSpan(0, length).SequenceEqual(stream).ShouldBeTrue($"cut at {cut}");
            Calls++;
        }
    }
}
