using Gatehouse.Callers;
using Gatehouse.Control;
using Gatehouse.Dialects;
using Gatehouse.Installations;
using Gatehouse.Smoke;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Smoke;

/// <summary>A gateway with the simulated provider that all tests of a class share, and its ledger.</summary>
public sealed class SmokeStage : IAsyncLifetime
{
    private readonly TemporaryHome _home = new();
    private Served _served = null!;
    private Installation _installation = null!;
    private MintedToken _token = null!;

    public async ValueTask InitializeAsync()
    {
        _served = await Served.StartAsync(_home);
        _installation = (await Installation.OpenAsync(_home.DataDirectory, _home.KeyFile, _ => null)).Installation!;
        _token = (await _installation.Tokens.CreateAsync("smoke")).Value!;
    }

    internal async Task<IReadOnlyList<SmokeResult>> RunAsync(Dialect dialect, string model, string planted = "", string? provider = null, double seconds = 10)
    {
        using var http = new HttpClient(new PlantedFaults(planted)) { BaseAddress = _served.Address };
        var caller = new Caller(http, _token.Text, TimeSpan.FromSeconds(seconds));
        var rows = new LedgerRows(_installation.Store) { Limit = TimeSpan.FromSeconds(planted == "foreign-exchange-id" ? 0.2 : 10) };
        return await new DialectSmoke(caller, CallerDialects.All.Single(d => d.Dialect == dialect), rows, model, provider).RunAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _served.DisposeAsync();
        _home.Dispose();
    }
}
