using System.Collections.Concurrent;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;
using Gatehouse.Simulator;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>The real program, killed in the middle of everything.</summary>
[Collection(SoakCollection.Name)]
public sealed class ServeKillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int Callers = 8;

    [Fact]
    public async Task Killed_twenty_times_under_load_every_exchange_whose_end_was_seen_has_its_row()
    {
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RecordRequests = false });
        await using var gateway = new ServedGateway(simulator.Address);
        var seen = new ConcurrentBag<Seen>();
        var random = new Random(20);
        for (var kill = 0; kill < Kills; kill++)
        {
            await gateway.StartAsync();
            await RunUntilKilledAsync(gateway, random.Next(1, 60), seen);
        }

        // Once more: it starts on what the others left, stores that, and ends in order.
        await gateway.StartAsync();
        gateway.AskToStop();
        (await gateway.EndedAsync()).ShouldBe(0);

        var rows = await LedgerRows.ReadAsync(gateway.DataDirectory);
        var ends = rows.ToDictionary(r => r.Id, r => r.End);
        var whole = seen.Where(s => s is { SawEnd: true, Status: 200 }).Select(s => s.Exchange!.Value).ToList();
        var failed = seen.Where(s => s is { SawEnd: true, Status: 429 }).Select(s => s.Exchange!.Value).ToList();
        var refused = seen.Where(s => s is { SawEnd: true, Status: 400 }).Select(s => s.Exchange!.Value).ToList();
        var begun = seen.Where(s => !s.SawEnd && s.Exchange is not null).Select(s => s.Exchange!.Value).ToList();
        output.WriteLine($"{rows.Count} rows; {whole.Count} good ones seen to their end, {failed.Count} errors, {refused.Count} refusals, {begun.Count} cut off, {rows.Count(r => r.End == ExchangeEnd.Interrupted)} interrupted");

        whole.Count.ShouldBeGreaterThan(Kills);
        begun.Count.ShouldBeGreaterThan(0);
        failed.Count.ShouldBeGreaterThan(Kills);
        refused.Count.ShouldBeGreaterThan(Kills);
        whole.Count(id => ends.GetValueOrDefault(id) != ExchangeEnd.Ok).ShouldBe(0);
        failed.Count(id => ends.GetValueOrDefault(id) != ExchangeEnd.ClientError).ShouldBe(0);
        refused.Count(id => ends.GetValueOrDefault(id) != ExchangeEnd.Refused).ShouldBe(0);
        (whole.Count + failed.Count + refused.Count).ShouldBe(seen.Count(s => s.SawEnd), "no other end was seen");
        // Cut off: interrupted, or settled just before the kill; never without a row.
        begun.Count(id => !ends.ContainsKey(id)).ShouldBe(0);
        rows.Count(r => r.End == ExchangeEnd.Interrupted).ShouldBeGreaterThan(0);
        rows.Count(r => r.End is not (ExchangeEnd.Ok or ExchangeEnd.ClientError or ExchangeEnd.Refused or ExchangeEnd.Interrupted or ExchangeEnd.ClientGone)).ShouldBe(0);
        var calls = rows.Where(r => r.UpstreamRequest is not null).Select(r => r.UpstreamRequest).ToList();
        calls.Distinct().Count().ShouldBe(calls.Count, "no call of a provider is in the ledger twice");
    }

    [Fact]
    public async Task What_ran_when_it_was_killed_is_charged_with_what_it_held_and_counts_at_the_next_start()
    {
        const string User = "local";
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions());
        await using var gateway = new ServedGateway(simulator.Address, """, "userLimits": { "dailyOutputTokens": 3500 } """);
        await gateway.StartAsync();
        await LedgerRows.GiveTokensToAsync(gateway.DataDirectory, User);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        // The running server learns of the token's user within a second; from then on its exchanges are that user's.
        await GatewayHarness.EventuallyAsync(
            async () =>
            {
                (await AskAsync(http, gateway, "first", "hello")).Dispose();
                return await LedgerRows.ChargedOutputAsync(gateway.DataDirectory, User) > 0;
            },
            "an exchange is charged to the user");
        using (var slow = await AskAsync(http, gateway, "second", "[slow 50] [long 1000]", HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await slow.Content.ReadAsStreamAsync();
            (await body.ReadAsync(new byte[64])).ShouldBeGreaterThan(0);
            await gateway.KillAsync();
        }

        await gateway.StartAsync();
        var charged = await LedgerRows.ChargedOutputAsync(gateway.DataDirectory, User);
        charged.ShouldBeInRange(OutputShare.Unknown + 1, 3_499);
        (await LedgerRows.ReadAsync(gateway.DataDirectory)).Count(r => r.End == ExchangeEnd.Interrupted).ShouldBe(1);
        using var refused = await AskAsync(http, gateway, "third", "hello");
        refused.StatusCode.ShouldBe(System.Net.HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadAsStringAsync()).ShouldContain($"\"used\":{charged},\"held\":0,");
        using var brief = await AskAsync(http, gateway, "third", "hello", more: ",\"max_tokens\":100");
        brief.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        gateway.AskToStop();
        (await gateway.EndedAsync()).ShouldBe(0);
    }

    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient http, ServedGateway gateway, string model, string text, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead, string more = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, "/v1/chat/completions"))
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"{{text}}"}]{{more}}}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("authorization", $"Bearer {gateway.Token}");
        return await http.SendAsync(request, until).WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>A call that gets an error, the provider's or the gateway's own.</summary>
    private static async Task<Seen> FailedAsync(HttpClient http, ServedGateway gateway, string path, string body)
    {
        var (exchange, status) = ((Guid?)null, 0);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, path))
            {
                Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("authorization", $"Bearer {gateway.Token}");
            request.Headers.Add("anthropic-version", "2023-06-01");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            (exchange, status) = (Guid.Parse(response.Headers.GetValues("x-gatehouse-exchange").Single()), (int)response.StatusCode);
            return new Seen(exchange, status, 0, await response.Content.ReadAsStringAsync() is { Length: > 0 });
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Seen(exchange, status, 0, SawEnd: false);
        }
    }

    /// <summary>Calls from several sides until so many calls were seen to their end, then kills; nobody is told.</summary>
    private static async Task RunUntilKilledAsync(ServedGateway gateway, int calls, ConcurrentBag<Seen> seen)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var done = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, Callers).Select(async caller =>
        {
            for (var i = 0; ; i++)
            {
                var door = Door.All[(caller + i) % 3];
                var call = ((caller + i) % 4) switch
                {
                    0 => await SlowCall.RunAsync(http, gateway.Address, gateway.Token, door, "slow-20ms-10", stream: true),
                    1 => await SlowCall.RunAsync(http, gateway.Address, gateway.Token, door, "json", stream: false),
                    2 => await FailedAsync(http, gateway, door.Path, door.With("\"model\":\"claude-x+status-429\"")),
                    _ => await FailedAsync(http, gateway, Door.Responses.Path, Door.Responses.With("\"model\":\"claude-x\",\"previous_response_id\":\"resp_of_nobody\"")),
                };
                seen.Add(call);
                // Whatever does not come to its end was killed.
                if (!call.SawEnd) return;
                if (Interlocked.Increment(ref done) == calls) enough.TrySetResult();
            }
        }).ToList();
        try
        {
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            await gateway.KillAsync();
        }

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60));
    }
}
