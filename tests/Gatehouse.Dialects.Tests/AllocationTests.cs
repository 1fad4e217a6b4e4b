using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Tap;
using Gatehouse.Dialects.Tests.Json;
using Gatehouse.Dialects.Tests.Tap;

namespace Gatehouse.Dialects.Tests;

/// <summary>Holds the hot paths to the committed budgets: bytes allocated per call, over 1,000 calls.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1_000;

    [Fact]
    public void An_envelope_scan_stays_in_its_budget()
    {
        var body = Body();
        Check("envelope_scan", () => EnvelopeScanner.Scan(body).Fault.ShouldBeNone());
    }

    [Fact]
    public void A_model_splice_stays_in_its_budget()
    {
        var body = Body();
        var envelope = EnvelopeScanner.Scan(body);
        var edits = new BodyEdits();
        long sum = 0;
        Check(
            "model_splice",
            () =>
            {
                edits.Reset(body);
                edits.ReplaceModel(envelope, "another-model"u8);
                edits.SetIncludeUsage(envelope);
                foreach (var segment in edits)
                    sum += segment.Length;
            });
        sum.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("tap_anthropic_delta", Dialect.Anthropic, "anthropic-thinking-and-tool.sse", "content_block_delta")]
    [InlineData("tap_chat_delta", Dialect.OpenAiChat, "chat-tools-with-usage.sse", "\"tool_calls\"")]
    [InlineData("tap_responses_delta", Dialect.OpenAiResponses, "responses-completed.sse", "response.output_text.delta")]
    public void A_tapped_delta_stays_in_its_budget(string budget, Dialect dialect, string recording, string delta)
    {
        var bytes = TapReplay.Recording(recording);
        var tap = TapReplay.Play(dialect, BodyFraming.EventStream, bytes);
        var piece = Event(bytes, delta);
        var before = tap.Events;
        Check(budget, () => tap.Read(piece));
        tap.Events.ShouldBeGreaterThan(before + Rounds);
    }

    [Fact]
    public void A_filtered_delta_stays_in_its_budget()
    {
        var piece = Event(TapReplay.Recording("chat-tools-with-usage.sse"), "\"tool_calls\"");
        var (filter, output) = (new UsageChunkFilter(), new ArrayBufferWriter<byte>(4096));
        Check(
            "usage_filter_delta",
            () =>
            {
                filter.Write(piece.AsSpan(0, 20), output);
                filter.Write(piece.AsSpan(20), output);
                output.ResetWrittenCount();
            });
    }

    private static byte[] Body()
    {
        var maker = new JsonMaker(5);
        return maker.Body(("\"model\"", "\"claude-opus-5-5\""), ("\"messages\"", maker.Value(6)), ("\"stream\"", "true"));
    }

    private static byte[] Event(byte[] recording, string marker) =>
        Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(recording).Split("\n\n").First(text => text.Contains(marker, StringComparison.Ordinal)) + "\n\n");

    private static void Check(string name, Action call)
    {
        for (var i = 0; i < 200; i++)
            call();
        Allocated.By(() =>
        {
            for (var i = 0; i < Rounds; i++) call();
        }).ShouldBeLessThanOrEqualTo(Budget(name) * Rounds, name);
    }

    private static long Budget(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "budgets.json");
        using var budgets = JsonDocument.Parse(File.ReadAllBytes(path));
        return budgets.RootElement.GetProperty(name).GetInt64();
    }
}

/// <summary>A check that allocates nothing when it holds.</summary>
internal static class FaultCheck
{
    public static void ShouldBeNone(this EnvelopeFault fault)
    {
        if (fault != EnvelopeFault.None)
            fault.ShouldBe(EnvelopeFault.None);
    }
}
