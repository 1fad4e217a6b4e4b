using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Gatehouse.Simulator;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Exchanges;

/// <summary>
/// A whole gateway in this process, on a real socket, before the simulated provider (or an upstream of the test's own), with a data
/// directory that goes away with it.
/// </summary>
internal sealed class GatewayHarness : IAsyncDisposable
{
    public const string ProviderKey = "sk-canary-provider-key-0123456789abcdef";
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("gatehouse-test-").FullName;
    private readonly Dictionary<string, string> _environment = [];
    private Store? _store;
    private ConfigSource? _configuration;

    private GatewayHarness()
    {
    }

    public GatewayServer Server { get; private set; } = null!;

    public Ledger Ledger { get; private set; } = null!;

    public Store Store => _store!;

    public SimulatorServer? Simulator { get; private set; }

    public string Token { get; private set; } = "";

    public HttpClient Client { get; private set; } = null!;

    public ConfigSource Configuration => _configuration!;

    public Uri Address => new(Server.Addresses[0]);

    /// <summary>The master key of its vault, as it would stand in the environment.</summary>
    public static string MasterKey { get; } = Convert.ToHexString(SHA256.HashData("the harness's master key"u8));

    public KeyRing Keys { get; private set; } = null!;

    public string DataDirectory => _directory;

    public string ConfigFile => Path.Combine(_directory, "gatehouse.json");

    /// <summary>Starts it.</summary>
    /// <param name="upstream">The upstream's root address; the simulator's when null.</param>
    /// <param name="providerExtra">Further members of the provider in the configuration, as JSON text beginning with a comma.</param>
    /// <param name="configExtra">Further members of the configuration, as JSON text beginning with a comma.</param>
    /// <param name="logging">Where the log goes.</param>
    /// <param name="models">The model rules, as JSON text; everything to the provider when null.</param>
    /// <param name="providerKey">The provider's key in the environment; null when there is none.</param>
    /// <param name="namesKey">Whether the configuration names the variable of the provider's key.</param>
    /// <param name="ledger">How the ledger behaves.</param>
    /// <param name="providers">The section of providers, as JSON text with UPSTREAM for the upstream's root; the provider <c>up</c> when null.</param>
    /// <param name="headersWithin">How long the headers of a request may take; as long as always when null.</param>
    /// <param name="patience">How long a client may leave an answer in one piece unread; as long as always when null.</param>
    /// <param name="time">The server's clock; the system's when null.</param>
    /// <param name="environment">Further variables of the environment.</param>
    public static async Task<GatewayHarness> StartAsync(
        string? upstream = null, string providerExtra = "", string configExtra = "", ILoggerFactory? logging = null, string? models = null,
        string? providerKey = ProviderKey, bool namesKey = true, LedgerOptions? ledger = null, string? providers = null,
        Func<IReadOnlyList<ProgramReport>>? programs = null, TimeSpan? headersWithin = null, AnswerPatience? patience = null, TimeProvider? time = null,
        params IReadOnlyList<(string Name, string Value)> environment)
    {
        var harness = new GatewayHarness
        {
            _programs = programs,
            _headersWithin = headersWithin ?? KestrelHost.HeadersWithin,
            _patience = patience ?? AnswerPatience.Usual,
            _time = time ?? TimeProvider.System,
        };
        foreach (var (name, value) in environment) harness._environment[name] = value;
        try
        {
            await harness.OpenAsync(upstream, providerExtra, configExtra, logging ?? NullLoggerFactory.Instance, models, providerKey, namesKey, ledger, providers);
            return harness;
        }
        catch
        {
            await harness.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a further token.</summary>
    public async Task<string> MintAsync(string name, Func<AccessToken, AccessToken>? with = null, TokenKind kind = TokenKind.Client)
    {
        var secret = TokenText.Mint(kind);
        var token = new AccessToken
        {
            Id = Guid.CreateVersion7(),
            Kind = kind,
            Name = name,
            Hint = TokenText.Hint(secret),
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        await new AccessStore(Store).AddAsync(new StoredToken(Keys.TokenHasher.Hash(secret.Utf8), with is null ? token : with(token)));
        return secret.Reveal();
    }

    /// <summary>A POST of JSON with the harness's token, not yet sent.</summary>
    public HttpRequestMessage Post(string path, string json, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token);
        if (path.Contains("messages", StringComparison.Ordinal)) request.Headers.Add("anthropic-version", "2023-06-01");
        return request;
    }

    /// <summary>Sends and reads the whole answer.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var ceiling = new CancellationTokenSource(Ceiling);
        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ceiling.Token);
        return (response, await response.Content.ReadAsStringAsync(ceiling.Token));
    }

    /// <summary>The rows of the ledger, oldest first, once everything settled so far is stored.</summary>
    public async Task<IReadOnlyList<ExchangeRecord>> RowsAsync()
    {
        using var ceiling = new CancellationTokenSource(Ceiling);
        await Ledger.FlushAsync(ceiling.Token);
        return [.. (await new LedgerQuery(Store).RecentAsync(1000, ceiling.Token)).OrderBy(r => r.StartedAtMicros)];
    }

    /// <summary>Waits until a condition holds; fails at the ceiling, saying what was waited for.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(end) > Ceiling) throw new TimeoutException($"It did not happen: {what}");
            await Task.Delay(10);
        }
    }

    /// <summary>Stops the gateway and starts it anew on the same data; its address changes, its upstream stays.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await RunAsync(NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Simulator is not null) await Simulator.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StopAsync()
    {
        Client?.Dispose();
        if (Server is not null) await Server.DisposeAsync();
        // A start that is refused leaves no server to stop a second time.
        Server = null!;
        if (_configuration is not null) await _configuration.DisposeAsync();
        if (Ledger is not null) await Ledger.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
    }

    private async Task OpenAsync(
        string? upstream, string providerExtra, string configExtra, ILoggerFactory logging, string? models, string? providerKey, bool namesKey,
        LedgerOptions? ledger, string? providers)
    {
        if (upstream is null)
        {
            Simulator = await SimulatorServer.StartAsync(new SimulatorOptions());
            upstream = Simulator.Address.ToString().TrimEnd('/');
        }

        await File.WriteAllTextAsync(ConfigFile, $$"""
            {
              "listen": "http://127.0.0.1:0",
              "providers": {{providers?.Replace("UPSTREAM", upstream, StringComparison.Ordinal) ?? $$$"""
                { "up": {
                  "endpoints": { "anthropic": "{{{upstream}}}", "openai-chat": "{{{upstream}}}/v1", "openai-responses": "{{{upstream}}}/v1" },
                  {{{(namesKey ? "\"apiKeyEnv\": \"UP_KEY\"," : "")}}} "allowPrivateNetwork": true{{{providerExtra}}} } }
                """}},
              "models": {{models ?? """[ { "match": "renamed", "targets": [ { "provider": "up", "model": "other-name" } ] }, { "match": "*", "targets": [ { "provider": "up" } ] } ]"""}}
              {{configExtra}}
            }
            """);
        if (providerKey is not null) _environment["UP_KEY"] = providerKey;
        await RunAsync(logging, ledger);
    }

    private Func<IReadOnlyList<ProgramReport>>? _programs;
    private TimeSpan _headersWithin;
    private AnswerPatience _patience = AnswerPatience.Usual;
    private TimeProvider _time = TimeProvider.System;

    private async Task RunAsync(ILoggerFactory logging, LedgerOptions? ledger = null)
    {
        _store = await Store.OpenAsync(new StoreOptions
        {
            Directory = _directory,
            Migrations = GatewaySchema.Migrations,
            PollInterval = TimeSpan.FromMilliseconds(50),
        });
        var master = new MasterKeySource(_ => MasterKey, Path.Combine(_directory, "unused"), _directory, Gatehouse.Storage.DataDirectory.CreatePrivate);
        var ring = await new DataKeyStore(_store, TimeProvider.System).OpenAsync(master);
        ring.Error.ShouldBeNull();
        Keys = ring.Ring!;
        if (Token.Length == 0) Token = await MintAsync("test");
        (_configuration, var problems) = ConfigSource.Open(
            new ConfigInputs { DataDirectory = _directory, Environment = _environment }, TimeProvider.System, logging.CreateLogger<ConfigSource>());
        problems.ShouldBeEmpty();
        Ledger = Ledger.Open(_store, logging, ledger);
        Server = await GatewayServer.StartAsync(new GatewayParts
        {
            Store = _store,
            Keys = Keys,
            Configuration = _configuration!,
            Ledger = Ledger,
            Environment = name => _environment.GetValueOrDefault(name),
            Logging = logging,
            ProgramReports = _programs,
            HeadersWithin = _headersWithin,
            AnswerPatience = _patience,
            Time = _time,
        });
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
