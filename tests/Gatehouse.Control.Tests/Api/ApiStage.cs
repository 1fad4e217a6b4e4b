using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Control.Api;
using Gatehouse.Control.Tests.Logins;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Control.Tests.Api;

/// <summary>An answer with its body.</summary>
internal sealed record Answered(int Status, string Body, HttpResponseMessage Response)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;
}

/// <summary>A server with its administration on a real socket, in this process, with an administrator and another member.</summary>
public sealed class ApiStage : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-api-").FullName;
    private ConfigSource? _configuration;
    private Ledger? _ledger;
    private GatewayServer? _server;
    private int _made;

    /// <summary>A provider that is a program, as it is told.</summary>
    internal static ProgramReport Program { get; } = new(
        "subscription", ProgramHealth.Degraded, "client-tools", "2.1.329", null, 2, 1,
        [
            new AccountReport(
                "own", ProgramHealth.Degraded, true, "claude.ai", "a@b.example", "max", null, DateTimeOffset.UnixEpoch.AddHours(1),
                [new LimitWindow("five_hour", "rejected", 1, DateTimeOffset.UnixEpoch.AddHours(1), DateTimeOffset.UnixEpoch), new LimitWindow("seven_day", "allowed", null, null, DateTimeOffset.UnixEpoch)]),
            new AccountReport("out", ProgramHealth.Unhealthy, false, "none", null, null, "Log in.", null, []),
        ]);

    internal Store Store { get; private set; } = null!;

    internal TenantEditors Editors { get; private set; } = null!;

    internal Tokens Tokens { get; private set; } = null!;

    internal Vault Vault { get; private set; } = null!;

    internal HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Everything that the server logs, at every level.</summary>
    internal CapturedLog Log { get; } = new();

    /// <summary>Where exchanges are written down.</summary>
    internal Ledger Ledger => _ledger!;

    /// <summary>The data directory.</summary>
    internal string Folder => _folder;

    internal Uri Address => new(_server!.Addresses[0]);

    internal string AdminToken { get; private set; } = "";

    internal Belongings Other { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await ConfigureAsync();
        Store = await Store.OpenAsync(new StoreOptions { Directory = _folder, Migrations = GatewaySchema.Migrations, PollInterval = TimeSpan.FromMilliseconds(20) });
        var master = new MasterKeySource(_ => new string('a', 64), Path.Combine(_folder, "unused"), _folder, DataDirectory.CreatePrivate);
        var ring = (await new DataKeyStore(Store, TimeProvider.System).OpenAsync(master)).Ring.ShouldNotBeNull();
        Editors = new TenantEditors(Store, ring, TimeProvider.System);
        Vault = new Vault(new VaultStore(Store), ring, TimeProvider.System);
        Tokens = new Tokens(new AccessStore(Store), ring.TokenHasher, TimeProvider.System);
        Past = new Tokens(new AccessStore(Store), ring.TokenHasher, new MovableClock(DateTimeOffset.UnixEpoch.AddYears(50)));
        (_configuration, var problems) = ConfigSource.Open(
            new ConfigInputs { DataDirectory = _folder, Environment = new Dictionary<string, string>() }, TimeProvider.System, NullLogger<ConfigSource>.Instance);
        problems.ShouldBeEmpty();
        _ledger = Ledger.Open(Store, NullLoggerFactory.Instance);
        _server = await GatewayServer.StartAsync(new GatewayParts
        {
            Store = Store,
            Keys = ring,
            Configuration = _configuration!,
            Ledger = _ledger,
            Environment = static _ => null,
            Logging = Log,
            Control = ControlApi.Open,
            ProgramReports = () => [Program],
        });
        await Editors.Users.EnsureLocalAsync();
        AdminToken = await SessionAsync(Users.LocalId);
        Other = await BelongingsAsync();
    }

    /// <summary>Where Codex logins are refreshed.</summary>
    internal TokenVendor Vendor { get; } = new();

    /// <summary>Writes the configuration; a running server follows by itself.</summary>
    /// <param name="refreshes">Whether Codex logins are refreshed here.</param>
    /// <param name="more">More members of how, each with a comma before it.</param>
    internal Task ConfigureAsync(bool refreshes = true, string more = "") => File.WriteAllTextAsync(Path.Combine(_folder, "gatehouse.json"), $$"""
        {
          "listen": "http://127.0.0.1:0", "corsOrigins": ["https://listed.example"],
          "publicOrigins": ["https://gate.example:8443"], "allowedHosts": ["gate.internal"],
              "providers": { "gone": { "endpoints": { "openai-chat": "http://127.0.0.1:9/v1" }, "allowPrivateNetwork": true } },
          "workspaces": {
            "privateHosts": ["127.0.0.1"], "defaultModels": { "aider": "configured-model" },
            "codexRefresh": { "enabled": {{(refreshes ? "true" : "false")}}, "tokenUrl": "{{Vendor.Address}}"{{more}} }
          }
        }
        """);

    /// <summary>How the server takes it now.</summary>
    internal WorkspacesConfig Configured => _configuration!.Current.Config.Workspaces;

    /// <summary>Makes tokens that have expired long ago.</summary>
    internal Tokens Past { get; private set; } = null!;

    /// <summary>An admin session of a user.</summary>
    internal async Task<string> SessionAsync(string userId) => await MintAsync(Tokens, TokenKind.Admin, userId, null);

    internal static async Task<string> MintAsync(Tokens tokens, TokenKind kind, string userId, DateTimeOffset? expires) =>
        (await tokens.CreateAsync("session", kind, expires, binding: new TokenBinding(userId))).Value.ShouldNotBeNull().Text.Reveal();

    /// <summary>A new member with one of everything.</summary>
    internal Task<Belongings> BelongingsAsync() => Belongings.MakeAsync(this, Interlocked.Increment(ref _made));

    /// <summary>Edits a row in the database, past everything that would refuse it.</summary>
    internal Task AlterAsync(string sql, object id) => Store.WriteAsync((connection, transaction) =>
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own words.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        command.Parameters.AddWithValue("$id", id);
        command.ExecuteNonQuery().ShouldBe(1);
        return true;
    });

    /// <summary>Calls a path as it stands, with a token or none.</summary>
    internal async Task<Answered> CallAsync(
        string method, string path, string? token = null, string? body = null, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        var response = await Client.SendAsync(request);
        return new Answered((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Log.Dispose();
        Vendor.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        if (_ledger is not null) await _ledger.DisposeAsync();
        if (_configuration is not null) await _configuration.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
