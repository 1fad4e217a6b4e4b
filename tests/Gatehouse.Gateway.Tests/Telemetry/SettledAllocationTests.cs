using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tests.Access;

namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>Alone, because a listener that another test starts would make every instance record to it.</summary>
[Collection(nameof(Listening))]
public sealed class SettledAllocationTests
{
    [Fact]
    public void Counting_an_exchange_stays_within_its_allocation_budget()
    {
        using var metrics = new GatewayMetrics();
        ExchangeRecord[] records =
        [
            Records.Settled(),
            Records.Settled(end: ExchangeEnd.UpstreamError, errorType: "idle_timeout"),
            Records.Settled(model: "nobody-knows", end: ExchangeEnd.ClientError, status: 404),
        ];
        for (var i = 0; i < 1000; i++) metrics.Settled(records[i % 3]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) metrics.Settled(records[i % 3]);
        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;

        perCall.ShouldBeLessThanOrEqualTo(AllocationBudget.Of("metrics_settled"));
    }
}
