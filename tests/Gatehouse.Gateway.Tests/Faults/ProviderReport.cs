using System.Text.Json;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What the gateway's health report says of the provider <c>up</c>.</summary>
internal sealed record ProviderReport(string State, int Faults, string? Kind)
{
    public static async Task<ProviderReport> OfAsync(GatewayHarness gateway)
    {
        using var health = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));
        var up = health.RootElement.GetProperty("providers").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "up");
        return new ProviderReport(
            up.GetProperty("state").GetString()!,
            up.GetProperty("consecutive_faults").GetInt32(),
            up.TryGetProperty("last_failure_kind", out var kind) ? kind.GetString() : null);
    }
}
