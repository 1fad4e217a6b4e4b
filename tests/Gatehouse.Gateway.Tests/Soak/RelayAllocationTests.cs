using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Tap;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Gateway.Tests.Metering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>
/// Holds the relay to its budget per event. Everything runs on one thread, so that thread's allocation counter counts all of it: the
/// relay's
/// loop, its two awaits (the read and the wake-up), the clock's time stamps, the tap, the filter and the write. Not counted, because they
/// are
/// stand-ins here that allocate nothing: the upstream's stream and the client's pipe. What the platform's own sockets allocate per await
/// is the load bench's to report.
/// </summary>
public sealed class RelayAllocationTests : IDisposable
{
    private const int Rounds = 1_000;
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExchangeOperation.Messages, false)]
    [InlineData(ExchangeOperation.ChatCompletions, false)]
    [InlineData(ExchangeOperation.ChatCompletions, true)]
    [InlineData(ExchangeOperation.Responses, false)]
    public async Task A_relayed_event_stays_in_its_budget(ExchangeOperation operation, bool filtered)
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        // A thread of its own: no synchronisation context, and nobody else's allocations on it.
        var measured = await Task.Factory.StartNew(
            () => Measure(ledger, new DataRoute(operation, null), filtered), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);

        measured.AtOnce.ShouldBeLessThanOrEqualTo(AllocationBudget.Of("relay_event"), "events that were there at once");
        measured.Awaited.ShouldBeLessThanOrEqualTo(AllocationBudget.Of("relay_event"), "events that had to be waited for");
    }

    private static (double AtOnce, double Awaited) Measure(Ledger ledger, DataRoute route, bool filtered)
    {
        using var body = new HandedStream();
        var writer = new CountingWriter();
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseFeature>(new StartedResponse());
        http.Features.Set<IHttpResponseBodyFeature>(new CountedResponse(writer));
        var exchange = new Exchange(http, route, ledger, LedgerFolder.NoOwners(), TimeProvider.System, TimeProvider.System.GetTimestamp(), new ExchangeIds());
        var answer = new HandedAnswer(body);
        using var reader = new AnswerReader(route.Dialect, answer, new TapPool());
        var clock = new RelayClockSettings(
            new RelayTicker(TimeProvider.System), ProviderDeadlines.Default, TimeSpan.FromMinutes(5), TimeProvider.System.GetTimestamp());
        using var relay = new AnswerRelay(exchange, answer, reader, filtered ? new UsageChunkFilter() : null, clock);
        var delta = Delta(route.Dialect);

        var running = relay.RunAsync();
        Awaited(body, delta);
        var awaited = Count(() => Awaited(body, delta));
        var atOnce = Count(() => AtOnce(body, delta));
        // Four runs each, for warmth and measure, after one before, and one event more in each run of those that are there at once.
        var events = (Rounds * 9) + 4;
        reader.Events.ShouldBe(events);
        body.Reads.ShouldBe(events + 1);
        writer.Bytes.ShouldBe((long)events * delta.Length);
        writer.Flushes.ShouldBe(events, "one flush per read");

        running.IsCompleted.ShouldBeFalse();
        body.End();
        running.IsCompletedSuccessfully.ShouldBeTrue();
        running.Result.ShouldBe(RelayEnd.NoTerminal);
        return (atOnce / (double)Rounds, awaited / (double)Rounds);
    }

    private static void Awaited(HandedStream body, byte[] delta)
    {
        for (var i = 0; i < Rounds; i++) body.Deliver(delta);
    }

    private static void AtOnce(HandedStream body, byte[] delta)
    {
        body.AtOnce(delta, Rounds);
        body.Deliver(delta);
    }

    private static long Count(Action act)
    {
        act();
        return AllocationBudget.Spent(act);
    }

    private static byte[] Delta(Dialect dialect) => Encoding.UTF8.GetBytes(dialect switch
    {
        Dialect.Anthropic =>
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"some text \\u00e9\"}}\n\n",
        Dialect.OpenAiChat =>
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"some text\"},\"finish_reason\":null}]}\n\n",
        _ =>
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":7,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"some text\"}\n\n",
    });
}
