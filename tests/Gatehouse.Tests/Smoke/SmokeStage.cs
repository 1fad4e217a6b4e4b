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

    /// <summary>An exchange of which the ledger says that its provider does not speak the caller's dialect.</summary>
    internal async Task<Guid> UnservedAsync()
    {
        using var http = new HttpClient { BaseAddress = _served.Address };
        var chat = CallerDialects.All.Single(d => d.Dialect == Dialect.OpenAiChat);
        var body = System.Text.Encoding.UTF8.GetBytes(chat.Ask(new Question("sim/echo", "hello", Stream: false)));
        var id = (await new Caller(http, _token.Text, TimeSpan.FromSeconds(10)).SendAsync(chat, body, false, null, CancellationToken.None)).Exchange!.Value;
        (await new LedgerRows(_installation.Store).FindAsync(id, CancellationToken.None)).ShouldNotBeNull();
        await _installation.Store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"UPDATE exchanges SET error_type = 'dialect_not_supported' WHERE id = x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'";
            return command.ExecuteNonQuery();
        });
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _served.DisposeAsync();
        _home.Dispose();
    }
}
