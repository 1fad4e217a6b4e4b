using Gatehouse.Dialects.Envelope;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tests.Metering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Admission;

/// <summary>What limits cost the calls that they do not bind.</summary>
public sealed class UsageGuardAllocationTests : IDisposable
{
    private const int Rounds = 1_000;
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, false)]
    [InlineData("user-1", false)]
    [InlineData("user-1", true)]
    public async Task A_call_is_let_through_without_an_allocation(string? user, bool isLimited)
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var guard = new UsageGuard(
            new BudgetBook(NullLogger<BudgetBook>.Instance), new Live<LimitTable>(LimitTable.Empty), new TokenCalibration(), new OutputShare(), TimeProvider.System);
        var token = new AccessToken { Id = Guid.CreateVersion7(), Kind = TokenKind.Client, Name = "t", UserId = user, CreatedAt = DateTimeOffset.UnixEpoch };
        var limits = isLimited ? new UserLimitsConfig { Requests = 100_000, DailyInputTokens = 1_000_000_000, DailyOutputTokens = 1_000_000_000 } : new UserLimitsConfig { Requests = null, DailyInputTokens = null, DailyOutputTokens = null };
        var snapshot = new GatewaySnapshot(new GatehouseConfig { UserLimits = limits }, 1);
        var route = new DataRoute(ExchangeOperation.Messages, null);
        var exchange = new Exchange(
            new DefaultHttpContext(), route, ledger, LedgerFolder.NoOwners(), TimeProvider.System, TimeProvider.System.GetTimestamp(), new ExchangeIds())
        {
            Account = guard.AccountOf(token),
        };
        exchange.Record.ModelAsked = "m";
        using var admitted = new Admitted(exchange, token, snapshot, null, default(RequestEnvelope), new ExchangeGate());
        var target = new Target(
            new Provider { Name = "p", Source = "file", Endpoints = System.Collections.Frozen.FrozenDictionary<Gatehouse.Dialects.Dialect, ProviderEndpoint>.Empty },
            null, null);

        void Pass()
        {
            guard.Enter(token, snapshot).ShouldBeNull();
            var held = guard.HoldAsync(admitted, target);
            if (!held.IsCompletedSuccessfully || held.Result is not null) throw new InvalidOperationException("It was not let through at once.");
            guard.Learn(exchange);
        }

        void Run()
        {
            for (var i = 0; i < Rounds; i++) Pass();
        }

        // The window of requests grows with its use: to its size before the measure.
        for (var i = 0; i < 3; i++) Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        // A thousand calls: what they share (a ring that grows once more) is nothing to each.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds).ShouldBeLessThanOrEqualTo(isLimited ? 64 : 0);
        exchange.Held.Exists.ShouldBe(isLimited);
    }
}
