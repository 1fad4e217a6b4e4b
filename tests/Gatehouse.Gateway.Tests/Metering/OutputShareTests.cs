using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class OutputShareTests
{
    [Fact]
    public void An_unknown_model_is_taken_to_need_a_usual_answer_and_never_more_than_was_asked_for()
    {
        var shares = new OutputShare();
        shares.Of("m", null).ShouldBe(OutputShare.Unknown);
        shares.Of("m", 128_000).ShouldBe(OutputShare.Unknown);
        shares.Of("m", 50).ShouldBe(50);
        shares.Of("m", 0).ShouldBe(OutputShare.Unknown);
    }

    [Fact]
    public void It_settles_above_what_a_models_answers_usually_have()
    {
        var shares = new OutputShare();
        var random = new Random(7);
        var over = 0;
        for (var i = 0; i < 2000; i++)
        {
            var answer = random.Next(200, 1400);
            if (i > 200 && answer > shares.Of("m", null)) over++;
            shares.Learn("m", answer);
        }

        shares.Of("m", null).ShouldBeInRange(1200, 1700);
        over.ShouldBeLessThan(200);
        shares.Of("other", null).ShouldBe(OutputShare.Unknown);
    }

    [Fact]
    public void One_short_answer_does_not_make_the_next_ones_look_free()
    {
        var shares = new OutputShare();
        shares.Learn("m", 1);
        shares.Of("m", null).ShouldBe(OutputShare.Least);
        shares.Learn("m", 0);
        shares.Of("m", null).ShouldBe(OutputShare.Least);
    }

    [Fact]
    public void Names_that_callers_make_up_do_not_fill_memory()
    {
        var shares = new OutputShare();
        for (var i = 0; i < 1000; i++) shares.Learn($"m{i}", 100_000);
        shares.Of("m999", null).ShouldBe(OutputShare.Unknown);
        shares.Of("m1", null).ShouldBeGreaterThan(100_000);
    }

    [Fact]
    public async Task At_start_it_learns_from_the_ledgers_latest_whole_answers()
    {
        using var folder = new LedgerFolder();
        await using var store = await folder.OpenStoreAsync();
        var now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        await using (var ledger = LedgerFolder.OpenLedger(store))
        {
            (string Model, long? Output, ExchangeEnd End, int DaysAgo, string? Provider)[] answers =
            [
                ("m", 700, ExchangeEnd.Ok, 0, "up"), ("old", 700, ExchangeEnd.Ok, 8, null), ("broken", 700, ExchangeEnd.UpstreamError, 0, null),
                ("silent", null, ExchangeEnd.Ok, 0, null), ("anyone's", 700, ExchangeEnd.Ok, 0, "tenant:1"),
            ];
            foreach (var (model, output, end, daysAgo, provider) in answers)
            {
                var at = now.AddDays(-daysAgo);
                var record = new ExchangeRecord
                {
                    Id = Guid.CreateVersion7(at),
                    StartedAtMicros = at.ToUnixTimeMilliseconds() * 1000,
                    ModelSent = model,
                    Provider = provider,
                    End = end,
                    Usage = new Gatehouse.Dialects.Facts.Usage { Output = output },
                    UsageSource = UsageSource.Upstream,
                };
                ledger.Admit(record);
                ledger.Settle(record);
            }

            await LedgerFolder.FlushAsync(ledger);
        }

        var shares = new OutputShare();
        await shares.LearnAsync(store, now, TestContext.Current.CancellationToken);
        shares.Of("m", null).ShouldBe(1400);
        foreach (var model in (string[])["old", "broken", "silent", "anyone's"]) shares.Of(model, null).ShouldBe(OutputShare.Unknown);
    }
}
