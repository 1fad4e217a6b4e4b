using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// Streams and bodies that go wrong after a 200: told once where the place allows it, and never ended as if they were whole.
/// </summary>
public sealed class BrokenStreamTests(FaultyGateway faulty) : IClassFixture<FaultyGateway>
{
    private static readonly (string Fault, bool Tells, ExchangeEnd End, string Type)[] s_faults =
    [
        ("reset-mid", true, ExchangeEnd.UpstreamError, "upstream_reset"),
        ("reset-inside", false, ExchangeEnd.UpstreamError, "upstream_reset"),
        ("truncate-mid", true, ExchangeEnd.UpstreamError, "upstream_reset"),
        ("truncate", false, ExchangeEnd.UpstreamError, "upstream_reset"),
        ("eof-mid", true, ExchangeEnd.UpstreamError, "upstream_truncated"),
        ("eof-mid-9999", true, ExchangeEnd.UpstreamError, "upstream_truncated"),
        ("eof-inside", false, ExchangeEnd.UpstreamError, "upstream_truncated"),
        ("stall-mid", true, ExchangeEnd.Timeout, "idle_timeout"),
        ("stall-inside", false, ExchangeEnd.Timeout, "idle_timeout"),
    ];

    public static TheoryData<string, bool, ExchangeEnd, string, Dialect> Cases()
    {
        var cases = new TheoryData<string, bool, ExchangeEnd, string, Dialect>();
        foreach (var (fault, tells, end, type) in s_faults)
        {
            foreach (var dialect in Caller.All) cases.Add(fault, tells, end, type, dialect);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_stream_that_breaks_is_told_at_a_boundary_only_and_cut(
        string fault, bool tells, ExchangeEnd end, string type, Dialect dialect)
    {
        var (answer, row) = await faulty.CallAsync(dialect, fault, stream: true);

        answer.Status.ShouldBe(200);
        answer.IsCut.ShouldBeTrue("a broken stream must not end like a whole one");
        answer.Text.ShouldNotContain(Caller.Terminal(dialect));
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBe(tells ? 1 : 0, answer.Text);
        if (tells) Caller.EndsWithErrorEvent(dialect, answer);
        else answer.Text.ShouldNotEndWith("\n\n");

        row.End.ShouldBe(end);
        row.Status.ShouldBe(200);
        row.UpstreamStatus.ShouldBe(200);
        row.ErrorType.ShouldBe(type);
        row.FirstByteMicros.ShouldNotBeNull();
        row.Attempts.ShouldBe(1);
        var own = tells ? answer.Events[^2].Length + 2 : 0;
        row.ResponseBytes.ShouldBe(answer.Body.Length - own, "the upstream's bytes all went on");
        row.Events.ShouldBe(answer.Events.Length - 1 - (tells ? 1 : 0));
        // Anthropic tells the input's tokens in its first event, the others everything in their last.
        if (dialect == Dialect.Anthropic)
        {
            row.UsageSource.ShouldBe(UsageSource.Partial);
            row.Usage.Input.ShouldNotBeNull();
        }
        else if (fault != "eof-mid-9999")
        {
            row.UsageSource.ShouldBe(UsageSource.None);
            row.Usage.Input.ShouldBeNull();
        }

        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task To_a_client_of_http_1_0_the_end_of_the_connection_is_a_reset_unless_the_answer_is_whole(bool breaks, bool inside)
    {
        // Nothing else tells such a client the end of an answer from its breaking off.
        foreach (var dialect in Caller.All)
        {
            var body = Caller.Body(dialect, breaks ? inside ? "model-x+eof-inside" : "model-x+eof-mid" : "model-x", stream: true);
            var head = $"POST {Caller.Path(dialect)} HTTP/1.0\r\nhost: {faulty.Gateway.Address.Authority}\r\ncontent-type: application/json\r\n"
                + $"content-length: {body.Length}\r\nauthorization: Bearer {faulty.Gateway.Token}\r\nanthropic-version: 2023-06-01\r\n\r\n";
            await using var client = await RawClient.SendAsync(faulty.Gateway, [.. Encoding.Latin1.GetBytes(head), .. body]);
            var answer = await client.UntilAsync(static _ => false);
            answer.Status.ShouldBe(200);
            answer.Text.ShouldNotBeEmpty();
            client.WasReset.ShouldBe(breaks);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_body_that_breaks_is_cut(string fault, bool _, ExchangeEnd end, string type, Dialect dialect)
    {
        var (answer, row) = await faulty.CallAsync(dialect, fault, stream: false);

        answer.Status.ShouldBe(200);
        answer.IsCut.ShouldBeTrue();
        answer.Text.ShouldStartWith("{");
        answer.Text.ShouldNotContain("Provider 'up'", Case.Sensitive, "nothing can be put into a JSON body");
        row.End.ShouldBe(end);
        row.Status.ShouldBe(200);
        row.ErrorType.ShouldBe(type);
        row.Events.ShouldBe(0);
        row.ResponseBytes.ShouldBe(answer.Body.Length);
        row.UsageSource.ShouldBe(UsageSource.None);
        await faulty.ShouldBeAtRestAsync(dialect);
    }
}
