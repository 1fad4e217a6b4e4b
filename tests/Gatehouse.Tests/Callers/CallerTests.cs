using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Callers;
using Gatehouse.Dialects;
using Gatehouse.Processes;
using Gatehouse.Secrets;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Callers;

public sealed class CallerTests
{
    [Theory]
    [InlineData(Dialect.Anthropic, """{"type":"content_block_delta","delta":{"text":"TEXT"}}""", """{"type":"message_stop"}""")]
    [InlineData(Dialect.OpenAiChat, """{"choices":[{"delta":{"content":"TEXT"}}]}""", "[DONE]")]
    [InlineData(Dialect.OpenAiResponses, """{"type":"response.output_text.delta","delta":"TEXT"}""", """{"type":"response.completed"}""")]
    public async Task A_piece_is_shown_before_the_next_one_is_there(Dialect dialect, string delta, string end)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var shown = new TaskCompletionSource();
        var serving = ServeAsync(listener, delta, end, shown.Task);
        using var http = LocalHttp.Open(new Uri($"http://{listener.LocalEndpoint}"), Gate.Ceiling);
        var caller = new Caller(http, Secret.From("token"), Gate.Ceiling);
        var spoken = CallerDialects.All.Single(one => one.Dialect == dialect);

        var heard = await caller.SendAsync(spoken, "{}"u8.ToArray(), stream: true, _ => shown.TrySetResult(), CancellationToken.None);

        heard.Fault.ShouldBeNull();
        heard.Text.ShouldBe("one two");
        heard.Pieces.ShouldBe(2);
        await serving;
    }

    // The second piece and the end come only once the first piece was shown.
    private static async Task ServeAsync(TcpListener listener, string delta, string end, Task shown)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        string Event(string data) => $"data: {data}\n\n";
        async Task SendAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await SendAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + Event(delta.Replace("TEXT", "one", StringComparison.Ordinal)));
        await shown.WaitAsync(Gate.Ceiling);
        await SendAsync(Event(delta.Replace("TEXT", " two", StringComparison.Ordinal)) + Event(end));
        client.Client.Shutdown(SocketShutdown.Send);
        // Closed with the request unread, the connection would be reset.
        await stream.CopyToAsync(Stream.Null);
    }
}
