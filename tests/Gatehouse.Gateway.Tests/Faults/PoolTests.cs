using Gatehouse.Dialects;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// Connections to the upstream: used again after a good answer, closed after a broken one, never more of them than calls at once.
/// </summary>
public sealed class PoolTests
{
    [Fact]
    public async Task Good_answers_of_any_form_share_one_connection()
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        for (var i = 0; i < 10; i++)
        {
            await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
            (await client.AnswerAsync()).Status.ShouldBe(200);
            await AtRest.ShouldComeAsync(gateway);
        }

        upstream.Calls.Count.ShouldBe(10);
        // The list of models may have had one of its own at the same time.
        upstream.Connections.Distinct().Count().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task After_every_fault_the_connections_return_to_rest()
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "idleSeconds": 0.2 }""");
        string[] faults =
        [
            "status-400", "status-500", "reset-before-headers", "reset-mid", "reset-inside", "eof-mid", "truncate", "truncate-mid",
            "stall-mid",
            "stall-inside", "error-event", "html", "bad-json", "huge-event-200", "split-50", "crlf", "comments", "gzip-always",
        ];
        foreach (var fault in faults)
        {
            foreach (var dialect in Caller.All)
            {
                await using var client =
                    await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m+" + fault, stream: true));
                (await client.AnswerAsync()).Status.ShouldNotBe(0);
            }
        }

        await AtRest.ShouldComeAsync(gateway);
        var stats = gateway.Simulator!.Stats;
        // One call at a time needs one connection; the list of models and a second try may have left one each.
        await GatewayHarness.EventuallyAsync(() =>
            Task.FromResult(stats.OpenConnections <= 3), $"connections are closed; {stats.OpenConnections} are open");
    }
}
