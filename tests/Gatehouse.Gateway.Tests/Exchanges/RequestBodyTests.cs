using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class RequestBodyTests
{
    private const int MostBytes = 10_000_000;

    private static CancellationToken Ceiling => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_made_of_a_body_counts_with_it()
    {
        var budget = new BodyBudget();
        var http = new DefaultHttpContext();
        (http.Request.Body, http.Request.ContentLength) = (new MemoryStream(new byte[100]), 100);
        var (body, _) = await RequestBody.ReadAsync(http.Request, MostBytes, budget, 1000, Ceiling);
        body!.TryTake(900, 1000).ShouldBeTrue();
        body.TryTake(1, 1000).ShouldBeFalse();
        budget.Held.ShouldBe(1000);
        body.Dispose();
        budget.Held.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_body_of_a_connection_is_read_as_it_was_sent_however_it_was_cut(bool platformSockets)
    {
        var (budget, got, landed) = (new BodyBudget(), new List<byte[]>(), 0);
        await using var host = await HostAsync(
            async http =>
            {
                if (http.Features.Get<IBodyLanding>() is { } real) http.Features.Set<IBodyLanding>(new Counted(real, () => landed++));
                var (body, fault) = await RequestBody.ReadAsync(http.Request, MostBytes, budget, MostBytes, Ceiling);
                fault.ShouldBe(BodyFault.None);
                got.Add(body!.Bytes.ToArray());
                body.Dispose();
            },
            platformSockets);
        using var client = Connect(host);
        var random = new Random(11);
        foreach (var size in (int[])[0, 1, 1_000, 16_384, 20_000, 150_000, 150_000, 3, 1_500_000, 70_000])
        {
            var body = Bytes(size);
            var sent = new MemoryStream();
            sent.Write(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nhost: {new Uri(host.Addresses[0]).Authority}\r\ncontent-length: {size}\r\n\r\n"));
            sent.Write(body);
            var bytes = sent.ToArray();
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(random.Next(1, 60_000), bytes.Length - at);
                await client.SendAsync(bytes.AsMemory(at, length), Ceiling);
                at += length;
            }

            (await AnswerAsync(client)).ShouldStartWith("HTTP/1.1 200");
            got[^1].AsSpan().SequenceEqual(body).ShouldBeTrue();
        }

        // Where the connection is ours, bytes were received in place.
        if (platformSockets) landed.ShouldBe(0);
        else landed.ShouldBeGreaterThan(0);
        await host.StopAsync(Ceiling);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_without_a_declared_length_is_read_as_it_was_sent(bool platformSockets)
    {
        var (budget, got) = (new BodyBudget(), Array.Empty<byte>());
        await using var host = await HostAsync(
            async http =>
            {
                var (body, fault) = await RequestBody.ReadAsync(http.Request, MostBytes, budget, MostBytes, Ceiling);
                fault.ShouldBe(BodyFault.None);
                got = body!.Bytes.ToArray();
                body.Dispose();
            },
            platformSockets);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, host.Addresses[0]) { Content = new ByteArrayContent(Bytes(400_000)) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await client.SendAsync(request, Ceiling);
        got.AsSpan().SequenceEqual(Bytes(400_000)).ShouldBeTrue();
        await host.StopAsync(Ceiling);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_client_that_leaves_in_the_middle_leaves_nothing_behind(bool platformSockets, bool reset)
    {
        var budget = new BodyBudget();
        var read = new TaskCompletionSource<BodyFault>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await HostAsync(
            async http => read.SetResult((await RequestBody.ReadAsync(http.Request, MostBytes, budget, MostBytes, http.RequestAborted)).Fault), platformSockets);
        using (var client = Connect(host))
        {
            await client.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nhost: {new Uri(host.Addresses[0]).Authority}\r\ncontent-length: 150000\r\n\r\n"), Ceiling);
            await client.SendAsync(Bytes(100_000), Ceiling);
            if (reset) client.LingerState = new LingerOption(true, 0);
        }

        (await read.Task.WaitAsync(TimeSpan.FromSeconds(10), Ceiling)).ShouldBe(BodyFault.Incomplete);
        budget.Held.ShouldBe(0);
        await host.StopAsync(Ceiling);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_that_are_cut_anywhere_do_no_harm_to_the_others(bool platformSockets)
    {
        var budget = new BodyBudget();
        await using var host = await HostAsync(
            async http =>
            {
                var (body, fault) = await RequestBody.ReadAsync(http.Request, MostBytes, budget, long.MaxValue, http.RequestAborted);
                if (body is null) return;
                fault.ShouldBe(BodyFault.None);
                await http.Response.BodyWriter.WriteAsync(body.Bytes, http.RequestAborted);
                body.Dispose();
            },
            platformSockets);

        // Each of them meets others that share its loop, its blocks and its pooled buffers.
        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(() => CutAsync(host, new Random(seed)), Ceiling)));
        await host.StopAsync(Ceiling);
        budget.Held.ShouldBe(0);
    }

    private static async Task CutAsync(KestrelHost host, Random random)
    {
        for (var i = 0; i < 25; i++)
        {
            using var client = Connect(host);
            var sent = Bytes(random.Next(1, 200_000));
            byte[] request = [.. Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nhost: {new Uri(host.Addresses[0]).Authority}\r\ncontent-length: {sent.Length}\r\n\r\n"), .. sent];
            var isWhole = random.Next(2) == 0;
            await client.SendAsync(isWhole ? request : request.AsMemory(0, random.Next(request.Length)), Ceiling);
            if (isWhole) (await EchoAsync(client, sent.Length)).AsSpan().SequenceEqual(sent).ShouldBeTrue();
            else if (random.Next(2) == 0) client.LingerState = new LingerOption(true, 0);
        }
    }

    /// <summary>The body of a chunked answer.</summary>
    private static async Task<byte[]> EchoAsync(Socket client, int length)
    {
        using var stream = new NetworkStream(client);
        var got = new MemoryStream();
        while (await LineAsync(stream) is { Length: > 0 })
        {
            // The head.
        }

        while (int.Parse(await LineAsync(stream), System.Globalization.NumberStyles.HexNumber) is var size and > 0)
        {
            var chunk = new byte[size + 2];
            await stream.ReadExactlyAsync(chunk, Ceiling);
            got.Write(chunk, 0, size);
        }

        got.Length.ShouldBe(length);
        return got.ToArray();
    }

    private static async Task<string> LineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, Ceiling) == 1 && one[0] != '\n') line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }

    private static Task<KestrelHost> HostAsync(RequestDelegate handler, bool platformSockets) => KestrelHost.StartAsync(
        new GatehouseConfig { Listen = [new ListenAddress(IPAddress.Loopback, 0)] }, NullLoggerFactory.Instance, TimeProvider.System, handler, Ceiling, platformSockets);

    private static Socket Connect(KestrelHost host)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, new Uri(host.Addresses[0]).Port);
        return socket;
    }

    private static async Task<string> AnswerAsync(Socket client)
    {
        var answer = "";
        var buffer = new byte[4096];
        while (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var length = await client.ReceiveAsync(buffer, Ceiling);
            length.ShouldBeGreaterThan(0);
            answer += Encoding.ASCII.GetString(buffer.AsSpan(0, length));
        }

        return answer;
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private sealed class Counted(IBodyLanding real, Action count) : IBodyLanding
    {
        public void Land(Memory<byte> memory)
        {
            if (!memory.IsEmpty) count();
            real.Land(memory);
        }
    }
}
