using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class ExchangeIdsTests
{
    [Fact]
    public void Ids_are_UUIDs_of_version_7_that_hold_their_time()
    {
        var started = DateTimeOffset.UnixEpoch.AddMilliseconds(1_763_700_000_123).AddMicroseconds(456);

        var id = new ExchangeIds().Next(started);

        id.Version.ShouldBe(7);
        (id.Variant & 0b1100).ShouldBe(0b1000);
        var bytes = id.ToByteArray(bigEndian: true);
        Convert.ToInt64(Convert.ToHexString(bytes[..6]), 16).ShouldBe(1_763_700_000_123);
    }

    [Fact]
    public async Task Threads_at_once_never_get_the_same_id()
    {
        var ids = new ExchangeIds();
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 5_000).Select(_ => ids.Next(DateTimeOffset.UnixEpoch)).ToList())));

        made.SelectMany(m => m).Distinct().Count().ShouldBe(20_000);
    }
}
