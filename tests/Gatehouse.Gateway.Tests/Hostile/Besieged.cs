using System.Text.Json;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Simulator.Recording;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>The gateway that the tests of a class share: what one request does to it, the next must not feel.</summary>
public sealed class Besieged : IAsyncLifetime
{
    private const string Models =
        """[ { "match": "claude-*", "targets": [ { "provider": "up" } ] }, { "match": "gpt-*", "targets": [ { "provider": "up" } ] } ]""";

    private int _rows;

    internal GatewayHarness Gateway { get; private set; } = null!;

    internal string Expired { get; private set; } = "";

    internal string Revoked { get; private set; } = "";

    internal string WithoutScope { get; private set; } = "";

    internal string Workspace { get; private set; } = "";

    internal string OneModel { get; private set; } = "";

    internal string Runner { get; private set; } = "";

    /// <summary>Well-formed, and of another gateway.</summary>
    internal string Foreign { get; } = TokenText.Mint(TokenKind.Client).Reveal();

    public async ValueTask InitializeAsync()
    {
        Gateway = await GatewayHarness.StartAsync(models: Models);
        Expired = await Gateway.MintAsync("expired", t => t with { ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(50) });
        Revoked = await Gateway.MintAsync("revoked", t => t with { RevokedAt = DateTimeOffset.UnixEpoch.AddYears(50) });
        WithoutScope = await Gateway.MintAsync("scopeless", t => t with { Scopes = TokenScopes.Metrics });
        Workspace = await Gateway.MintAsync("workspace", t => t with { Kind = TokenKind.Workspace });
        OneModel = await Gateway.MintAsync("one-model", t => t with { Models = ["claude-allowed"] });
        Runner = await Gateway.MintAsync("runner", t => t with { Kind = TokenKind.Runner });
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
    }

    /// <summary>What the provider was asked, but for its list of models: that the gateway fetches in its own name, at some time after the start.</summary>
    internal IEnumerable<ReceivedRequest> Asked => Gateway.Simulator!.Received.All.Where(static r => !r.Headers.Any(IsOwnName));

    /// <summary>
    /// Fails unless the gateway is as it was: nothing running, no body held, a plain call answered. Gives the rows written since the last
    /// time, without that of the plain call.
    /// </summary>
    internal async Task<IReadOnlyList<ExchangeRecord>> RestAsync()
    {
        // The server may close a broken connection before its handler has noticed.
        await GatewayHarness.EventuallyAsync(AtRestAsync, "nothing runs and nothing is held");

        var before = await NewRowsAsync();
        var (response, body) = await Gateway.SendAsync(Gateway.Post(Door.Messages.Path, Door.Messages.Good));
        ((int)response.StatusCode).ShouldBe(200, body);
        (await NewRowsAsync()).ShouldHaveSingleItem().End.ShouldBe(ExchangeEnd.Ok);
        return before;
    }

    private static bool IsOwnName(KeyValuePair<string, string[]> header) =>
        header.Key.Equals("user-agent", StringComparison.OrdinalIgnoreCase) && header.Value is ["gatehouse"];

    private async Task<bool> AtRestAsync()
    {
        using var json = JsonDocument.Parse(await Gateway.Client.GetStringAsync(new Uri(Gateway.Address, "/health")));
        return json.RootElement.GetProperty("exchanges_running").GetInt64() == 0
            && json.RootElement.GetProperty("bodies_held_bytes").GetInt64() == 0
            && json.RootElement.GetProperty("status").GetString() == "ok";
    }

    private async Task<IReadOnlyList<ExchangeRecord>> NewRowsAsync()
    {
        var rows = await Gateway.RowsAsync();
        var fresh = rows.Skip(_rows).ToList();
        _rows = rows.Count;
        return fresh;
    }
}
