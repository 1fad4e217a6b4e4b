using System.Net;
using System.Text.Json;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Tests.Admission;

/// <summary>A gateway before the simulated provider, with limits for its users, and tokens of theirs.</summary>
internal sealed class LimitedGateway : IAsyncDisposable
{
    private LimitedGateway(GatewayHarness harness) => Harness = harness;

    public GatewayHarness Harness { get; }

    /// <summary>The token of <see cref="User"/>.</summary>
    public string Token { get; private set; } = "";

    public const string User = "user-1";

    /// <summary>Starts it.</summary>
    /// <param name="userLimits">The members of the section <c>userLimits</c>.</param>
    /// <param name="limits">The members of the section <c>limits</c>.</param>
    /// <param name="prices">The elements of <c>prices</c>.</param>
    /// <param name="logging">Where the log goes.</param>
    public static async Task<LimitedGateway> StartAsync(string userLimits = "", string limits = "", string prices = "", ILoggerFactory? logging = null)
    {
        var gateway = new LimitedGateway(await GatewayHarness.StartAsync(
            configExtra: $$""", "userLimits": { {{userLimits}} }, "limits": { {{limits}} }, "prices": [ {{prices}} ]""", logging: logging));
        gateway.Token = await gateway.MintAsync(User);
        return gateway;
    }

    /// <summary>A token of a user's, once the gateway knows it: many requests at once with one that it must look up would be put off.</summary>
    public async Task<string> MintAsync(string user)
    {
        var minted = await Harness.MintAsync("of " + user, token => token with { UserId = user });
        await GatewayHarness.EventuallyAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Harness.Address, "/v1/models"));
                request.Headers.Add("authorization", "Bearer " + minted);
                return (await Harness.SendAsync(request)).Response.StatusCode == HttpStatusCode.OK;
            },
            "the token is known");
        return minted;
    }

    /// <summary>Asks in one dialect, without a stream; the answer repeats the text.</summary>
    public Task<Answered> AskAsync(string path, string text, string model = "m", string more = "", string? token = null) =>
        SendAsync(path, Body(path, text, model, more), token);

    /// <summary>Sends a body.</summary>
    public async Task<Answered> SendAsync(string path, string body, string? token = null)
    {
        var (response, answer) = await Harness.SendAsync(Harness.Post(path, body, token ?? Token));
        using (response)
        {
            return new Answered(
                response.StatusCode, answer, response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>A body in the path's dialect.</summary>
    public static string Body(string path, string text, string model = "m", string more = "") => path switch
    {
        "/v1/responses" or "/v1/responses/input_tokens" => $$"""{"model":"{{model}}","input":"{{text}}"{{more}}}""",
        "/v1/chat/completions" => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}]{{more}}}""",
        _ => $$"""{"model":"{{model}}","max_tokens":64000,"messages":[{"role":"user","content":"{{text}}"}]{{more}}}""",
    };

    /// <summary>What the ledger says that the user's budgets were charged with today and this month.</summary>
    public async Task<BudgetUse> ChargedAsync(string user = User)
    {
        await Harness.RowsAsync();
        var today = BudgetPeriods.Of(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000);
        var days = await DailyUse.LoadAsync(Harness.Store, today.MonthStart, user);
        var last = days is [.., var latest] ? latest : null;
        return new BudgetUse(last?.Input ?? 0, last?.Output ?? 0, days.Sum(d => d.CostNanodollars), days.Sum(d => d.Unpriced));
    }

    public ValueTask DisposeAsync() => Harness.DisposeAsync();
}

/// <summary>An answer, whole.</summary>
internal sealed record Answered(HttpStatusCode Status, string Body, Dictionary<string, string> Headers)
{
    /// <summary>The error object.</summary>
    public JsonElement Error => JsonDocument.Parse(Body).RootElement.GetProperty("error");

    /// <summary>Output tokens that the answer reports.</summary>
    public long Output
    {
        get
        {
            var usage = JsonDocument.Parse(Body).RootElement.GetProperty("usage");
            return (usage.TryGetProperty("output_tokens", out var output) ? output : usage.GetProperty("completion_tokens")).GetInt64();
        }
    }
}
