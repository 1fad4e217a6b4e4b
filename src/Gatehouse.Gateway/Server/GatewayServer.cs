using System.Net;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Server;

/// <summary>A running gateway: everything between its bound addresses and its providers, wired together. Owned by <c>serve</c>.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    /// <summary>How long a start waits for the journal of the process before; its rows belong to the users' books.</summary>
    private static readonly TimeSpan s_recovery = TimeSpan.FromMinutes(1);

    /// <summary>How long a stop waits for what is still to be written beside the ledger; as long as that one waits for its rows.</summary>
    private static readonly TimeSpan s_lastWrites = TimeSpan.FromSeconds(5);

    private readonly GatewayParts _parts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ExchangeGate _gate = new();
    private readonly AccessSnapshots _access;
    private readonly UpstreamHealth _health;
    private readonly HttpUpstream _http;
    private readonly IUpstream _upstream;
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<IDisposable> _subscriptions = [];
    /// <summary>Guards <see cref="_background"/>: a configuration may come in while the server stops.</summary>
    private readonly Lock _running = new();
    private readonly List<Task> _background = [];
    private readonly List<Func<Task>> _flushes = [];
    private IReadOnlyList<IPEndPoint> _ownEndpoints = [];
    private volatile HostCheck _hosts = new([], []);
    private KestrelHost? _kestrel;
    private AnswerCarrier? _carrier;
    private bool _stopped;

    private GatewayServer(GatewayParts parts)
    {
        _parts = parts;
        _health = new UpstreamHealth(parts.Time, parts.Logging.CreateLogger<UpstreamHealth>());
        _http = new HttpUpstream(new AddressGuard(() => _ownEndpoints, parts.Time), _health, parts.Time);
        var programs = parts.Programs?.Invoke(parts);
        if (programs is IAsyncDisposable owned) _owned.Add(owned);
        _upstream = new UpstreamSwitch(_http, programs);
        _access = new AccessSnapshots(
            parts.Store,
            parts.Keys,
            KeySources,
            parts.Environment,
            parts.Time,
            parts.Logging.CreateLogger<AccessSnapshots>(),
            parts.MasterKey);
    }

    /// <summary>The bound addresses, such as <c>http://127.0.0.1:8484</c>.</summary>
    public IReadOnlyList<string> Addresses => _kestrel?.Addresses ?? [];

    /// <summary>How many exchanges run now.</summary>
    public int ExchangesRunning => _gate.Running;

    /// <summary>The provider keys in force.</summary>
    public Live<CredentialTable> Credentials => _access.Credentials;

    /// <summary>Users, projects, workspaces and what they attached, as in force.</summary>
    public Live<TenantTable> Tenants => _access.Tenants;

    /// <summary>Loads what requests read, binds, and serves.</summary>
    /// <exception cref="GatewayStartException">An address can't be bound.</exception>
    /// <exception cref="StoreException">Tokens or credentials can't be loaded.</exception>
    public static async Task<GatewayServer> StartAsync(GatewayParts parts, CancellationToken cancellation = default)
    {
        var server = new GatewayServer(parts);
        try
        {
            await server.StartAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many exchanges were still running when the time to stop was up, and were broken off.</summary>
    public int ExchangesCutOff { get; private set; }

    /// <summary>Lets no new exchange in, waits for the running ones up to the configured time, then closes. Says whether all could finish.</summary>
    public async Task<bool> StopAsync()
    {
        if (_stopped) return true;
        _stopped = true;
        var limit = _parts.Configuration.Current.Config.Limits.Drain;
        // Connections have no more time than exchanges: a client that does not read what it asked for would hold up the end for ever.
        using var timeUp = new CancellationTokenSource(limit, _parts.Time);
        var drained = await _gate.DrainAsync(limit, _parts.Time);
        ExchangesCutOff = drained ? 0 : _gate.Running;
        // Their clients are told why, as far as they can be.
        if (!drained && _carrier is not null) await _carrier.BreakOffAllAsync(_gate);
        if (_kestrel is not null) await _kestrel.StopAsync(drained ? timeUp.Token : new CancellationToken(canceled: true));
        await _stopping.CancelAsync();
        await WriteLastAsync();
        return drained;
    }

    // Each of many writes waits for a lock that another program holds on the database, one after the other: a stop has not so long.
    private async Task WriteLastAsync()
    {
        Task[] background;
        lock (_running) background = [.. _background];
        var written = Task.WhenAll([.. _flushes.Select(static flush => flush()), .. background]);
        var late = Task.Delay(s_lastWrites, _parts.Time);
        if (await Task.WhenAny(written, late) == late) _parts.Store.Hurry();
        await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var subscription in _subscriptions) subscription.Dispose();
        if (_kestrel is not null) await _kestrel.DisposeAsync();
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
        await _access.DisposeAsync();
        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        var (configuration, time, logging) = (_parts.Configuration, _parts.Time, _parts.Logging);
        await _access.StartAsync(cancellation);
        var logins = new ClaudeLoginWatch(configuration, _access.Credentials, time, logging.CreateLogger<ClaudeLoginWatch>());
        if (logins.Refusal() is { } refused) throw new GatewayStartException(refused);
        logins.Look();

        var options = new Live<AccessOptions>(OptionsOf(configuration.Current));
        var accessStore = new AccessStore(_parts.Store);
        var lookup = new TokenLookup(_access.FindTokenAsync, _access.Tokens, options, time);
        var authenticator = new Authenticator(_access.Tokens, _parts.Keys.TokenHasher, lookup, options, time);
        var refusals = new RefusedCallers(time, logging.CreateLogger<RefusedCallers>());
        var uses = new TokenUses(accessStore, time, logging.CreateLogger<TokenUses>());
        var owners = new OwnedResponses(
            (id, token) => _parts.Store.FindResponseOwnerAsync(id, time, OwnedResponses.LookupLimit, token), time);
        var bodies = new BodyBudget();
        var metrics = new GatewayMetrics(Gauges(bodies), _health);
        _subscriptions.Add(metrics);
        var telemetry = configuration.Current.Config.Telemetry;
        if (OtlpExport.Start(telemetry.OtlpEndpoint, telemetry.ServiceName, logging, time) is { } export) _subscriptions.Add(export);
        var lists = new ProviderModelLists(new ModelListFetcher(_upstream), _access.Credentials);
        var models = new ModelDirectory(configuration.Current, lists.FetchAsync, time, logging.CreateLogger<ModelDirectory>());
        _owned.Add(models);

        var calibration = new TokenCalibration();
        var kept = new CalibrationStore(_parts.Store, calibration, time, logging.CreateLogger<CalibrationStore>());
        await kept.RefreshAsync();
        var turns = new TurnStore(_parts.Store, _parts.Keys, time, logging.CreateLogger<TurnStore>());
        _flushes.Add(turns.FlushAsync);
        var reasoning = _parts.OpenReasoning();
        _flushes.Add(reasoning.FlushAsync);
        var translated = new TranslatedRequest(_parts.Keys, reasoning, calibration, turns);
        var (book, corrections) = await OpenBooksAsync(cancellation);
        _background.Add(corrections.RunAsync(_stopping.Token));
        var shares = new OutputShare();
        await shares.LearnAsync(_parts.Store, time.GetUtcNow(), cancellation);
        var guard = new UsageGuard(book, _access.Limits, calibration, shares, time);
        var door = new WorkspaceDoor(_access.Tenants);
        var workspaces = new WorkspaceTargets(
            _access.Tenants, new TenantProviders(() => configuration.Current.Config.Workspaces.PrivateHosts, _http.Forget));
        _carrier = new AnswerCarrier(configuration, time);
        var handler = new ExchangeHandler(
            new Admitter(configuration, authenticator, refusals, door, _gate, bodies, _parts.Ledger, guard, owners, time),
            new TargetResolver(_access.Credentials, owners, turns, models, workspaces),
            translated,
            new TokenCounter(translated, _upstream),
            new TurnAnswers(turns),
            guard,
            _upstream,
            _carrier,
            new ExchangeCloser(metrics, uses, calibration, guard, logging.CreateLogger<ExchangeCloser>()),
            time,
            logging.CreateLogger<ExchangeHandler>());
        var state = new ServerState(
            configuration, _gate, bodies, _parts.Ledger, _health, _access.Credentials, () => _access.Problems.Count, _parts.ProgramReports);
        var dispatcher = new RequestDispatcher(
            configuration,
            () => _hosts,
            door,
            handler,
            new ModelsEndpoint(authenticator, refusals, door, models, workspaces, new WorkspaceModels(new ModelListFetcher(_upstream), time)),
            new SystemEndpoints(configuration, authenticator, state, metrics),
            logging.CreateLogger<RequestDispatcher>(),
            _parts.Control?.Invoke(
                _parts,
                new ControlDoor(authenticator, uses).AuthenticateAsync,
                new KeyProbe(
                    _http, () => configuration.Current.Config.Workspaces.PrivateHosts, name => configuration.Current.FindProvider(name), _http.Forget).Probes));

        _subscriptions.Add(configuration.OnChange(snapshot => OnConfiguration(snapshot, options, models, logins)));
        _background.Add(logins.RunAsync(_stopping.Token));
        _background.Add(uses.RunAsync(_stopping.Token));
        _background.Add(kept.RunAsync(_stopping.Token));
        _kestrel = await KestrelHost.StartAsync(
            configuration.Current.Config, logging, time, dispatcher.HandleAsync, cancellation, headersWithin: _parts.HeadersWithin,
            patience: _parts.AnswerPatience);
        OnBound(configuration.Current);
        models.Start();
        // The first look at programs and their logins begins now; nobody waits for it.
        _ = _parts.ProgramReports?.Invoke();
        configuration.StartWatching();
    }

    /// <summary>The books as the ledger has them, once it has what an earlier process left in the journal.</summary>
    private async Task<(BudgetBook Book, CostCorrections Corrections)> OpenBooksAsync(CancellationToken cancellation)
    {
        try
        {
            await _parts.Ledger.FlushAsync(cancellation).WaitAsync(s_recovery, _parts.Time, cancellation);
        }
        catch (TimeoutException late)
        {
            throw new GatewayStartException("What the process before left in the journal could not be stored within a minute, and users' budgets are kept by it. Start again.", late);
        }

        var today = BudgetPeriods.Of(_parts.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        // Yesterday's page too: an exchange that began before midnight is settled there.
        var since = today.MonthStart < today.DayEnd.AddDays(-2) ? today.MonthStart : today.DayEnd.AddDays(-2);
        var book = new BudgetBook(_parts.Logging.CreateLogger<BudgetBook>());
        var (days, change) = await DailyUse.LoadWithChangeAsync(_parts.Store, since, cancellation);
        book.Adopt(days);
        return (book, new CostCorrections(_parts.Store, book, change, _parts.Time, _parts.Logging.CreateLogger<CostCorrections>()));
    }

    private void OnBound(GatewaySnapshot snapshot)
    {
        var bound = _kestrel!.Addresses.Select(a => new Uri(a)).ToList();
        _ownEndpoints = [.. bound.SelectMany(EndpointsOf)];
        _hosts = new HostCheck(bound.Select(a => a.Host), snapshot.Config.AllowedHosts);
    }

    private void OnConfiguration(GatewaySnapshot snapshot, Live<AccessOptions> options, ModelDirectory models, ClaudeLoginWatch logins)
    {
        options.Swap(OptionsOf(snapshot));
        _http.Retain([.. snapshot.Providers.Select(p => p.Name)]);
        OnBound(snapshot);
        lock (_running)
        {
            if (_stopped) return;
            _background.RemoveAll(static task => task.IsCompleted);
            _background.Add(ReloadAsync(snapshot, models, logins));
        }
    }

    // The providers' keys first, then their lists, which are asked for with them.
    private async Task ReloadAsync(GatewaySnapshot snapshot, ModelDirectory models, ClaudeLoginWatch logins)
    {
        await ((Task)_access.ReloadAsync(_stopping.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        models.Update(snapshot);
        logins.Look();
    }

    private GatewayGauges Gauges(BodyBudget bodies) => new()
    {
        InFlight = () => _gate.Running,
        BodiesHeldBytes = () => bodies.Held,
        LedgerLagRows = () => _parts.Ledger.State.PendingRows,
        LedgerLagSeconds = () => _parts.Ledger.State.PendingSeconds,
        LedgerDegraded = () => _parts.Ledger.State.Degraded is not null,
        ConfigReloadFailed = () => _parts.Configuration.Status.LastError is not null,
        Programs = _parts.ProgramReports ?? (static () => []),
    };

    private IReadOnlyList<ProviderKeySource> KeySources(IReadOnlyCollection<string> vault)
    {
        _parts.Configuration.SetVaultProviders(vault);
        return ProviderKeySources.Of(_parts.Configuration.Current.Providers, ProviderCatalog.Embedded);
    }

    private static IEnumerable<IPEndPoint> EndpointsOf(Uri address)
    {
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) return [new IPEndPoint(ip, address.Port)];
        return [new IPEndPoint(IPAddress.Loopback, address.Port), new IPEndPoint(IPAddress.IPv6Loopback, address.Port)];
    }

    private static AccessOptions OptionsOf(GatewaySnapshot snapshot) => new()
    {
        AnonymousLoopback = snapshot.Config.Auth.Anonymous == AnonymousAccess.Loopback ? snapshot.Config.Auth.AnonymousToken : null,
    };
}
