using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Admission;

public sealed class BudgetChargeTests
{
    private static readonly BudgetHold s_held = new(1000, 200, 0);

    public static TheoryData<string, UsageSource, int?, ExchangeEnd, long?, long?, long, long?, long?> Ends => new()
    {
        // what it is, usage source, upstream status, end, input, output, events, charged input, charged output
        { "reported in full", UsageSource.Upstream, 200, ExchangeEnd.Ok, 900, 5, 9, 900, 5 },
        { "reported in full, then the client left", UsageSource.Upstream, 200, ExchangeEnd.ClientGone, 900, 5, 9, 900, 5 },
        { "reported without output", UsageSource.Upstream, 200, ExchangeEnd.Ok, 900, null, 9, 1000, 200 },
        { "reported by nobody", UsageSource.None, 200, ExchangeEnd.Ok, null, null, 9, 1000, 200 },
        { "broken off early", UsageSource.Partial, 200, ExchangeEnd.UpstreamError, 1500, 1, 9, 1500, 200 },
        { "broken off late", UsageSource.Partial, 200, ExchangeEnd.ClientGone, 900, 1, 4000, 1000, 4000 },
        { "broken off with much reported", UsageSource.Partial, 200, ExchangeEnd.ClientGone, 900, 5000, 4000, 1000, 5000 },
        { "left before the answer began", UsageSource.None, null, ExchangeEnd.ClientGone, null, null, 0, 1000, 200 },
        { "no answer in time", UsageSource.None, null, ExchangeEnd.Timeout, null, null, 0, 1000, 200 },
        { "no connection", UsageSource.None, null, ExchangeEnd.UpstreamError, null, null, 0, null, null },
        { "refused by the provider", UsageSource.None, 429, ExchangeEnd.ClientError, null, null, 0, null, null },
        { "failed at the provider", UsageSource.None, 500, ExchangeEnd.UpstreamError, null, null, 0, null, null },
        { "left while the provider's error came", UsageSource.None, 500, ExchangeEnd.ClientGone, null, null, 0, null, null },
        { "refused by ourselves", UsageSource.None, null, ExchangeEnd.Refused, null, null, 0, null, null },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Each_end_has_its_charge(
        string what, UsageSource source, int? status, ExchangeEnd end, long? input, long? output, long events, long? chargedInput, long? chargedOutput)
    {
        var record = new ExchangeRecord
        {
            Attempts = 1,
            UpstreamStatus = status,
            End = end,
            Stream = true,
            Events = events,
            UsageSource = source,
            Usage = new Usage { Input = input, Output = output },
            // As journalled when it was held.
            ChargedInput = s_held.Input,
            ChargedOutput = s_held.Output,
        };
        BudgetCharge.Charge(record, s_held);
        (record.ChargedInput, record.ChargedOutput).ShouldBe((chargedInput, chargedOutput), what);
    }

    [Fact]
    public void A_call_that_was_never_sent_is_not_charged()
    {
        var record = new ExchangeRecord { End = ExchangeEnd.ClientGone };
        BudgetCharge.Charge(record, s_held);
        record.ChargedInput.ShouldBeNull();
    }

    [Fact]
    public void Counting_calls_and_calls_that_held_nothing_are_not_charged()
    {
        var record = new ExchangeRecord { Operation = ExchangeOperation.CountTokens, Attempts = 1, UpstreamStatus = 200, Usage = new Usage { Input = 5 } };
        BudgetCharge.Charge(record, s_held);
        record.ChargedInput.ShouldBeNull();
        var account = new UserAccount();
        BudgetCharge.Book(record, default, account);
        account.Read(BudgetPeriods.Of(0)).ShouldBe(default);
    }

    [Fact]
    public void Without_a_hold_what_was_reported_stands_in_the_books()
    {
        var account = new UserAccount();
        var record = new ExchangeRecord
        {
            Attempts = 1,
            UpstreamStatus = 200,
            End = ExchangeEnd.Ok,
            UsageSource = UsageSource.Upstream,
            Usage = new Usage { Input = 5, Output = 7, CacheRead = 90 },
            CostNanodollars = 3,
            CostBasis = CostBasis.Reported,
        };
        BudgetCharge.Charge(record, default);
        BudgetCharge.Book(record, default, account);
        account.Read(BudgetPeriods.Of(0)).ShouldBe(new BudgetUse(95, 7, 3, 0));
    }
}
