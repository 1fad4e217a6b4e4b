using System.Text.Json;
using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Faults;

public sealed class BodyFaultTests : IAsyncLifetime
{
    private SimulatorServer _server = null!;

    public static TheoryData<string, bool> Ways => Ask.Ways;

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory, MemberData(nameof(Ways))]
    public async Task Without_a_fault_the_answer_is_whole(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model", stream);
        answer.Status.ShouldBe(200);
        answer.Complete.ShouldBeTrue();
        answer.Ended.ShouldBe(Ended.Closed);
        if (stream) answer.Body.ShouldContain(Ask.Terminal(dialect));
        else JsonDocument.Parse(answer.Body).Dispose();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Reset_mid_sends_a_part_and_resets(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+reset-mid", stream);
        answer.Status.ShouldBe(200);
        answer.Ended.ShouldBe(Ended.Reset);
        answer.Complete.ShouldBeFalse();
        ShouldBeginWell(answer, dialect, stream);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Eof_mid_ends_the_message_cleanly_without_the_rest(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+eof-mid", stream);
        answer.Ended.ShouldBe(Ended.Closed);
        answer.Complete.ShouldBeTrue();
        if (stream) answer.Body.ShouldEndWith("\n\n");
        else Should.Throw<JsonException>(() => JsonDocument.Parse(answer.Body));
        ShouldBeginWell(answer, dialect, stream);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Truncate_closes_inside_an_event_without_the_end_of_the_message(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+truncate", stream);
        answer.Status.ShouldBe(200);
        answer.Complete.ShouldBeFalse();
        if (stream) answer.Body.ShouldNotEndWith("\n\n");
        ShouldBeginWell(answer, dialect, stream);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Stall_mid_keeps_the_connection_open_and_silent(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+stall-mid", stream, quiet: TimeSpan.FromMilliseconds(600));
        answer.Ended.ShouldBe(Ended.StillOpen);
        answer.Complete.ShouldBeFalse();
        ShouldBeginWell(answer, dialect, stream);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Bad_json_breaks_one_payload_and_nothing_else(string dialect, bool stream)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+bad-json", stream);
        answer.Complete.ShouldBeTrue();
        if (!stream)
        {
            Should.Throw<JsonException>(() => JsonDocument.Parse(answer.Body));
            return;
        }
        answer.Body.ShouldContain(Ask.Terminal(dialect));
        Payloads(answer).Count(p => !IsJson(p)).ShouldBe(dialect == Ask.Chat ? 2 : 1, "the end mark of Chat is not JSON either");
    }

    [Theory]
    [InlineData(
        Ask.Messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}")]
    [InlineData(Ask.Chat, "data: {\"error\":{\"message\":\"The server had an error")]
    [InlineData(Ask.Responses, "event: response.failed\ndata: {\"type\":\"response.failed\",")]
    public async Task Error_event_is_the_dialects_own_and_the_last(string dialect, string expected)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+error-event", stream: true);
        answer.Status.ShouldBe(200);
        answer.Complete.ShouldBeTrue();
        answer.Body[answer.Body.IndexOf(expected, StringComparison.Ordinal)..].Count(c => c == '\n').ShouldBe(dialect == Ask.Chat ? 2 : 3);
        answer.Body.ShouldNotContain(Ask.Terminal(dialect));
    }

    [Theory]
    [InlineData(Ask.Messages, "error", "type")]
    [InlineData(Ask.Chat, "server_error", "error.type")]
    [InlineData(Ask.Responses, "failed", "status")]
    public async Task Error_event_without_a_stream_is_a_200_that_says_so(string dialect, string expected, string path)
    {
        var answer = await Ask.SendAsync(_server, dialect, "sim/model+error-event", stream: false);
        answer.Status.ShouldBe(200);
        using var body = JsonDocument.Parse(answer.Body);
        path.Split('.').Aggregate(body.RootElement, (at, name) => at.GetProperty(name)).GetString().ShouldBe(expected);
    }

    [Fact]
    public async Task The_place_of_a_fault_can_be_chosen()
    {
        var early = await Ask.SendAsync(_server, Ask.Chat, "sim/model+eof-mid-0", true);
        Payloads(early).Count.ShouldBe(1, "the role chunk is not content");
        var late = await Ask.SendAsync(_server, Ask.Messages, "sim/model+eof-mid-999", true);
        late.Body.ShouldContain("five");
        late.Body.ShouldContain("content_block_stop");
        late.Body.ShouldNotContain("message_delta");
    }

    private static void ShouldBeginWell(RawAnswer answer, string dialect, bool stream)
    {
        answer.Body.ShouldNotBeEmpty();
        if (!stream) return;
        answer.Body.ShouldContain("You ");
        answer.Body.ShouldContain("said: ");
        answer.Body.ShouldNotContain(Ask.Terminal(dialect));
    }

    private static List<string> Payloads(RawAnswer answer) =>
        [.. answer.Body.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => l[6..])];

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
