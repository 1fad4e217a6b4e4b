using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Faults;

public sealed class EarlyFaultTests : IAsyncLifetime
{
    private SimulatorServer _server = null!;

    public static TheoryData<string, bool> Ways => Ask.Ways;

    public static TheoryData<string, bool, string> Encodings
    {
        get
        {
            var data = new TheoryData<string, bool, string>();
            foreach (var dialect in new[] { Ask.Messages, Ask.Chat, Ask.Responses })
                foreach (var stream in new[] { false, true })
                    foreach (var encoding in new[] { "gzip", "br", "deflate" }) data.Add(dialect, stream, encoding);
            return data;
        }
    }

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(400, "invalid_request_error", "invalid_request_error")]
    [InlineData(401, "authentication_error", "invalid_request_error")]
    [InlineData(403, "permission_error", "invalid_request_error")]
    [InlineData(404, "not_found_error", "invalid_request_error")]
    [InlineData(413, "request_too_large", "invalid_request_error")]
    [InlineData(429, "rate_limit_error", "requests")]
    [InlineData(500, "api_error", "server_error")]
    [InlineData(503, "api_error", "server_error")]
    [InlineData(529, "overloaded_error", "server_error")]
    public async Task A_status_comes_with_the_vendors_error(int status, string anthropic, string openAi)
    {
        foreach (var dialect in new[] { Ask.Messages, Ask.Chat, Ask.Responses })
            foreach (var stream in new[] { false, true })
            {
                var answer = await Ask.SendAsync(_server, dialect, $"sim/claude+status-{status}-retry-7", stream);
                answer.Status.ShouldBe(status);
                answer.Header("retry-after").ShouldBe("7");
                answer.Header("content-type").ShouldBe("application/json");
                using var body = JsonDocument.Parse(answer.Body);
                body.RootElement.GetProperty("error").GetProperty("type").GetString()
                    .ShouldBe(dialect == Ask.Messages ? anthropic : openAi);
                if (dialect == Ask.Messages) body.RootElement.GetProperty("request_id").GetString().ShouldBe(answer.Header("request-id"));
            }
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Reset_before_headers_sends_nothing(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+reset-before-headers", stream);
        answer.Ended.ShouldBe(Ended.Reset);
        answer.Bytes.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Reset_once_strikes_each_other_request_of_a_key(string dialect, bool stream)
    {
        var ends = new List<bool>();
        foreach (var key in new[] { "a", "a", "b", "a", "b" })
            ends.Add((await Ask.SendAsync(
                _server, dialect, "sim/model+reset-once-before-headers", stream, $"x-sim-key: {key}\r\n")).Ended == Ended.Reset);
        ends.ShouldBe([true, false, true, true, false]);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Slow_first_byte_waits_before_the_status(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+slow-first-byte-300", stream);
        answer.FirstByteAfter.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(250));
        answer.Complete.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Html_is_a_200_that_is_no_api_answer(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+html", stream);
        answer.Status.ShouldBe(200);
        answer.Header("content-type").ShouldBe("text/html; charset=utf-8");
        answer.Body.ShouldStartWith("<!DOCTYPE html>");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Huge_event_carries_that_many_kilobytes_in_one_line(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+huge-event-300", stream);
        answer.Complete.ShouldBeTrue();
        answer.Body.Split('\n').Max(l => l.Length).ShouldBeGreaterThan(300 << 10);
    }

    [Theory, MemberData(nameof(Encodings))]
    public async Task Compressed_bodies_decode_to_the_plain_answer(string dialect, bool stream, string encoding)
    {
        var answer = await Ask.SendAsync(_server, dialect, $"sim/model+{encoding}", stream, "Accept-Encoding: gzip, br, deflate\r\n");
        answer.Header("content-encoding").ShouldBe(encoding);
        answer.Complete.ShouldBeTrue();
        var text = Decode(answer.BodyBytes, encoding);
        if (stream) text.ShouldContain(Ask.Terminal(dialect));
        else JsonDocument.Parse(text).Dispose();
    }

    [Fact]
    public async Task Compression_needs_the_callers_offer_unless_it_is_forced()
    {
        (await Ask.SendAsync(_server, Ask.Chat, "sim/model+gzip", true)).Header("content-encoding").ShouldBeNull();
        (await Ask.SendAsync(_server, Ask.Chat, "sim/model+gzip-always", true)).Header("content-encoding").ShouldBe("gzip");
    }

    [Theory]
    [InlineData(Ask.Messages)]
    [InlineData(Ask.Chat)]
    [InlineData(Ask.Responses)]
    public async Task Compressed_streams_are_flushed_event_by_event(string dialect)
    {
        var answer = await Ask.SendAsync(
            _server, dialect, "sim/model+gzip+stall-mid", true, "Accept-Encoding: gzip\r\n", TimeSpan.FromMilliseconds(600));
        answer.Ended.ShouldBe(Ended.StillOpen);
        Decode(answer.BodyBytes, "gzip").ShouldContain("said: ");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task No_usage_leaves_every_figure_out(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+no-usage", stream);
        answer.Complete.ShouldBeTrue();
        answer.Body.ShouldNotContain("\"output_tokens\"");
        answer.Body.ShouldNotContain("\"completion_tokens\"");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Split_writes_pieces_of_the_given_size(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+split-7", stream);
        answer.Complete.ShouldBeTrue();
        if (!stream) return;
        answer.Text.Split("\r\n").Skip(1).Where(l => l.Length > 0 && l.Length <= 2 && l.All(char.IsAsciiHexDigit)).ShouldContain("7");
        answer.Body.ShouldContain(Ask.Terminal(dialect));
    }

    [Theory]
    [InlineData(Ask.Messages)]
    [InlineData(Ask.Chat)]
    [InlineData(Ask.Responses)]
    public async Task Crlf_and_comments_keep_the_stream_legal(string dialect)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+crlf+comments", true);
        answer.Body.ShouldContain(": PROCESSING\r\n\r\n");
        answer.Body.Replace("\r\n", "", StringComparison.Ordinal).ShouldNotContain("\n");
        answer.Body.Replace("\r\n", "\n", StringComparison.Ordinal).ShouldContain(Ask.Terminal(dialect));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task An_unknown_fault_is_refused_by_name(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+no-such", stream);
        answer.Status.ShouldBe(400);
        answer.Body.ShouldContain("unknown simulator fault no-such");
    }

    private static string Decode(byte[] bytes, string encoding)
    {
        using var source = new MemoryStream(bytes);
        using Stream decoder = encoding switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            _ => new ZLibStream(source, CompressionMode.Decompress),
        };
        var decoded = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (decoder.Read(buffer) is var read and > 0) decoded.Write(buffer, 0, read);
        }
        catch (InvalidDataException) { } // A stalled stream has no end mark.
        return Encoding.UTF8.GetString(decoded.ToArray());
    }
}
