using System.Text;

namespace Gatehouse.LoadBench.Bodies;

/// <summary>
/// One answer of the upstream, ready to be sent: the head with the first bytes, then pieces with chunk framing, and what a client must have
/// received at the end. Immutable.
/// </summary>
internal sealed class CannedAnswer
{
    private CannedAnswer(byte[] head, byte[][] pieces, byte[] expected, int events)
    {
        Head = head;
        Pieces = pieces;
        Expected = expected;
        Events = events;
    }

    /// <summary>Status line and headers; of a JSON answer the body too.</summary>
    public byte[] Head { get; }

    /// <summary>What follows, one write each; the last one ends the answer.</summary>
    public byte[][] Pieces { get; }

    /// <summary>The body without framing.</summary>
    public byte[] Expected { get; }

    /// <summary>Events in the body.</summary>
    public int Events { get; }

    /// <summary>A Messages answer of about 1 KB, sent in one write.</summary>
    public static CannedAnswer Json()
    {
        var text = string.Concat(Enumerable.Repeat("The test failed because the \\\"path\\\" was wrong.\\n", 14));
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-opus-4-8","content":[{"type":"text","text":"{{{text}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":67890,"output_tokens":345,"service_tier":"standard"}}""");
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 04:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{VendorHeaders}\r\n");
        return new CannedAnswer([.. head, .. body], [], body, 0);
    }

    /// <summary>A chat answer of about 1 KB, sent in one write: what a translated call gets.</summary>
    public static CannedAnswer ChatJson()
    {
        var text = string.Concat(Enumerable.Repeat("The test failed because the \\\"path\\\" was wrong.\\n", 14));
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1763690000,"model":"gpt-5.5","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}","refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":67902,"completion_tokens":345,"total_tokens":68247,"prompt_tokens_details":{"cached_tokens":67890} } }""");
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 04:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{VendorHeaders}\r\n");
        return new CannedAnswer([.. head, .. body], [], body, 0);
    }

    /// <summary>A Messages stream with the given number of events, one write each.</summary>
    public static CannedAnswer Stream(int events)
    {
        var pieces = new List<byte[]>(events);
        var expected = new List<byte>();
        for (var i = 0; i < events; i++)
        {
            var text = Encoding.UTF8.GetBytes(Event(i, events));
            expected.AddRange(text);
            byte[] piece = [.. Encoding.ASCII.GetBytes($"{text.Length:x}\r\n"), .. text, .. "\r\n"u8];
            pieces.Add(i == events - 1 ? [.. piece, .. "0\r\n\r\n"u8] : piece);
        }

        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 04:00:00 GMT\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n{VendorHeaders}\r\n");
        return new CannedAnswer(head, [.. pieces], [.. expected], events);
    }

    private const string VendorHeaders =
        "request-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\nanthropic-ratelimit-requests-remaining: 3999\r\nanthropic-ratelimit-tokens-remaining: 399000\r\n"
        + "anthropic-organization-id: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\r\nServer: bench\r\n";

    private static string Event(int i, int events) => i switch
    {
        0 => Named("message_start", """{"type":"message_start","message":{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-opus-4-8","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":67890,"output_tokens":1}}}"""),
        1 => Named("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
        _ when i == events - 3 => Named("content_block_stop", """{"type":"content_block_stop","index":0}"""),
        _ when i == events - 2 => Named("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":345}}"""),
        _ when i == events - 1 => Named("message_stop", """{"type":"message_stop"}"""),
        _ => Named("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word{{{i:D6}}} brown"}}"""),
    };

    private static string Named(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
