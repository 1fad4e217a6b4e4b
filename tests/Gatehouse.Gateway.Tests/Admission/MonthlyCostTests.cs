using System.Net;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Tests.Admission;

/// <summary>The monthly cap over HTTP, at prices of a dollar a token and nothing.</summary>
public sealed class MonthlyCostTests
{
    private const long Dollar = 1_000_000_000;

    // A cent a token of output, so that figures are easy to follow; input for nothing.
    private const string Prices = """{ "models": ["m"], "input": 0, "output": 10000 }, { "models": ["free"], "input": 0, "output": 0 }""";

    [Fact]
    public async Task What_a_request_will_cost_is_held_and_what_it_did_cost_is_charged()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"monthlyCostUsd\": 1", prices: Prices);
        // 2,000 tokens are held at a cent each.
        (await gateway.AskAsync("/v1/chat/completions", "hello")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var passed = await gateway.AskAsync("/v1/chat/completions", "hello", more: ",\"max_tokens\":100");
        passed.Status.ShouldBe(HttpStatusCode.OK, passed.Body);
        var row = (await gateway.Harness.RowsAsync())[^1];
        (row.CostNanodollars, row.CostBasis).ShouldBe((passed.Output * Dollar / 100, CostBasis.Reported));
        (await gateway.ChargedAsync()).MonthlyCost.ShouldBe(passed.Output * Dollar / 100);

        var refused = await gateway.AskAsync("/v1/chat/completions", "hello", more: ",\"max_tokens\":100");
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Error.GetProperty("message").GetString()!.ShouldContain("monthly budget of this user is spent: $0.0");
        refused.Error.GetProperty("limit").GetProperty("kind").GetString().ShouldBe("monthly_cost_spent");
        var next = DateTime.UtcNow.AddMonths(1);
        DateTimeOffset.FromUnixTimeSeconds(refused.Error.GetProperty("resets_at").GetInt64())
            .ShouldBe(new DateTimeOffset(next.Year, next.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_cap_that_is_reached_exactly_refuses_everything()
    {
        await using var gateway = await LimitedGateway.StartAsync("\"monthlyCostUsd\": 0.10", prices: Prices);
        (await gateway.AskAsync("/v1/chat/completions", "forty bytes of text that are ten tokens!", more: ",\"max_tokens\":10")).Output.ShouldBe(10);
        (await gateway.ChargedAsync()).MonthlyCost.ShouldBe(Dollar / 10);
        (await gateway.AskAsync("/v1/chat/completions", "hello", "free")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Costs_that_are_reckoned_again_count_for_the_cap_of_a_running_server(bool elsewhere)
    {
        await using var gateway = await LimitedGateway.StartAsync("\"monthlyCostUsd\": 1", prices: Prices);
        (await gateway.AskAsync("/v1/chat/completions", "[long 1500]", "free")).Status.ShouldBe(HttpStatusCode.OK);
        await gateway.Harness.RowsAsync();
        await using var other = elsewhere
            ? await Store.OpenAsync(new StoreOptions { Directory = gateway.Harness.DataDirectory, Migrations = GatewaySchema.Migrations }) : null;
        var (cheap, dear) = (Table(0), Table(10_000));
        var first = await CostRecompute.RunAsync(other ?? gateway.Harness.Store, dear);
        first.AfterNanodollars.ShouldBeGreaterThan(15 * Dollar);
        await GatewayHarness.EventuallyAsync(async () => await AskAsync() == HttpStatusCode.TooManyRequests, "the cap is reached");
        (await CostRecompute.RunAsync(other ?? gateway.Harness.Store, cheap)).AfterNanodollars.ShouldBe(0);
        await GatewayHarness.EventuallyAsync(async () => await AskAsync() == HttpStatusCode.OK, "the cap holds more again");

        // A start goes by the ledger, in which all of it is: nothing counts twice.
        await CostRecompute.RunAsync(other ?? gateway.Harness.Store, dear);
        await CostRecompute.RunAsync(other ?? gateway.Harness.Store, cheap);
        await gateway.Harness.RestartAsync();
        (await AskAsync()).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> AskAsync() => (await gateway.AskAsync("/v1/chat/completions", "hello", "free")).Status;
        static PriceTable Table(decimal output) => new([new PriceRule(["free"], null, new ModelPrice(TokenPrices.Of(0, output, null, null, null)!.Value, []))], []);
    }

    [Fact]
    public async Task Without_a_cap_nothing_is_refused()
    {
        await using var gateway = await LimitedGateway.StartAsync(prices: Prices);
        (await gateway.AskAsync("/v1/chat/completions", "[long 1500]")).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.ChargedAsync()).MonthlyCost.ShouldBeGreaterThan(15 * Dollar);
    }

    [Theory]
    [InlineData("/v1/messages", "permission_error")]
    [InlineData("/v1/responses", "invalid_request_error")]
    public async Task A_model_without_a_price_is_counted_as_such_or_refused_where_the_configuration_says_so(string path, string type)
    {
        await using (var gateway = await LimitedGateway.StartAsync("\"monthlyCostUsd\": 1", prices: Prices))
        {
            (await gateway.AskAsync(path, "hello", "nobodys")).Status.ShouldBe(HttpStatusCode.OK);
            var charged = await gateway.ChargedAsync();
            (charged.MonthlyCost, charged.Unpriced).ShouldBe((0, 1));
            (await gateway.Harness.RowsAsync())[0].CostNanodollars.ShouldBeNull();
        }

        await using var strict = await LimitedGateway.StartAsync("\"monthlyCostUsd\": 1, \"allowUnpricedModels\": false", prices: Prices);
        var refused = await strict.AskAsync(path, "hello", "nobodys");
        refused.Status.ShouldBe(HttpStatusCode.Forbidden);
        refused.Error.GetProperty("type").GetString().ShouldBe(type);
        refused.Error.GetProperty("message").GetString()!.ShouldContain("no price is known");
        (await strict.AskAsync(path, "hello", "free")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_alert_is_written_to_the_log_once()
    {
        using var logging = new LinesLogging();
        await using var gateway = await LimitedGateway.StartAsync("\"dailyOutputTokens\": 10000, \"alertPercent\": 30", logging: logging);
        (await gateway.AskAsync("/v1/chat/completions", "[long 1500]")).Output.ShouldBeGreaterThan(1500);
        logging.Lines.ShouldNotContain(line => line.Contains("budget", StringComparison.Ordinal));
        for (var i = 0; i < 3; i++) (await gateway.AskAsync("/v1/chat/completions", "hello", more: ",\"max_tokens\":5")).Status.ShouldBe(HttpStatusCode.OK);
        logging.Lines.Where(line => line.Contains("budget", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldBe($"User {LimitedGateway.User} has used 30 % or more of the budget of daily output tokens");
    }

    /// <summary>Keeps the lines of a log.</summary>
    private sealed class LinesLogging : ILoggerFactory, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
