using System.Threading.Channels;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// Keeps the tables of tokens, of providers' credentials and of tenants in memory as the store and the configuration have them. Whenever the
/// store says that something changed (the command line works on it directly), all are loaded and swapped; that takes effect well within a
/// second. A load
/// that fails keeps what is there, says so, and is tried again until it succeeds. Owned by <c>serve</c>; thread-safe.
/// </summary>
internal sealed partial class AccessSnapshots : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    // So that whoever presents a token that ended lately is told so at no cost.
    private static readonly TimeSpan s_endedKept = TimeSpan.FromDays(30);
    private readonly Store _store;
    private readonly AccessStore _access;
    private readonly VaultStore _vault;
    private readonly LimitStore _limits;
    private readonly KeyRing _ring;
    private readonly DataKeyStore _keys;
    private readonly Func<MasterKey?>? _master;
    private readonly Func<IReadOnlyCollection<string>, IReadOnlyList<ProviderKeySource>> _providers;
    private readonly Func<string, string?> _environment;
    private readonly TimeProvider _clock;
    private readonly ILogger<AccessSnapshots> _logger;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _loading = new(1);
    private Task _following = Task.CompletedTask;

    /// <summary>Creates it; nothing is loaded before <see cref="StartAsync"/>.</summary>
    /// <param name="store">Whose changes are followed.</param>
    /// <param name="ring">Opens the vault's rows.</param>
    /// <param name="providers">
    /// The providers as they are configured at the time of each load; given the names that the vault has keys for, which may bring presets in.
    /// </param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="clock">Paces retries.</param>
    /// <param name="logger">Is told of failed loads and of rows that can't be opened.</param>
    /// <param name="master">Reads the master key, for data keys that are made while this runs; null where none are.</param>
    public AccessSnapshots(
        Store store,
        KeyRing ring,
        Func<IReadOnlyCollection<string>, IReadOnlyList<ProviderKeySource>> providers,
        Func<string, string?> environment,
        TimeProvider clock,
        ILogger<AccessSnapshots> logger,
        Func<MasterKey?>? master = null)
    {
        (_store, _ring, _providers, _environment, _clock, _logger) = (store, ring, providers, environment, clock, logger);
        (_access, _vault, _limits) = (new AccessStore(store), new VaultStore(store), new LimitStore(store));
        (_keys, _master) = (new DataKeyStore(store, clock), master);
    }

    /// <summary>The tokens.</summary>
    public Live<TokenTable> Tokens { get; } = new(TokenTable.Empty);

    /// <summary>What users chose and are allowed.</summary>
    public Live<LimitTable> Limits { get; } = new(LimitTable.Empty);

    /// <summary>The providers' credentials.</summary>
    public Live<CredentialTable> Credentials { get; } = new(CredentialTable.Empty);

    /// <summary>Users, projects, workspaces and what they attached.</summary>
    public Live<TenantTable> Tenants { get; } = new(TenantTable.Empty);

    /// <summary>What is wrong with the vault as of the last load: rows that can't be opened, by provider and name. Holds no secret.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>Why the snapshots are older than the store, or null when they are not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Loads both tables, then follows the store.</summary>
    /// <exception cref="StoreException">The first load failed: there is nothing to serve with.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        // Before the load, so that a change during it is not missed.
        _store.Changed += OnChanged;
        await LoadAsync(cancellation);
        _following = FollowAsync();
    }

    /// <summary>Loads both tables now, as after a change of the configuration. A failure is kept in <see cref="Failure"/>.</summary>
    public async Task<bool> ReloadAsync(CancellationToken cancellation = default)
    {
        try
        {
            await LoadAsync(cancellation);
            Failure = null;
            return true;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNotLoaded(failure);
            Failure = $"Tokens and credentials can't be loaded again, so the ones of before are used: {failure.Message}";
            return false;
        }
    }

    /// <summary>Stops following the store. The snapshots stay.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= OnChanged;
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _loading.Dispose();
    }

    /// <summary>
    /// Finds a token in the store that the snapshot does not hold yet. Whom and what it speaks for may be as new as it is: then those are
    /// loaded first.
    /// </summary>
    public async Task<StoredToken?> FindTokenAsync(TokenHash hash, CancellationToken cancellation)
    {
        if (await _access.FindAsync(hash, cancellation) is not { } stored) return null;
        var tenants = Tenants.Current;
        var isNew = (stored.Token.UserId is { } user && tenants.FindUser(user) is null)
            || (stored.Token.WorkspaceId is { } workspace && tenants.FindWorkspace(workspace) is null);
        if (isNew) await ReloadAsync(cancellation);
        return LockedOut(stored, Tenants.Current);
    }

    // The tokens of a user who is locked out are as good as revoked.
    private static StoredToken LockedOut(StoredToken stored, TenantTable tenants) =>
        stored.Token is { RevokedAt: null, UserId: { } id } && tenants.FindUser(id) is { DisabledAt: { } since }
            ? stored with { Token = stored.Token with { RevokedAt = since } }
            : stored;

    private void OnChanged(object? sender, EventArgs e) => _signals.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync(_stopping.Token))
        {
            while (!await ReloadAsync(_stopping.Token))
            {
                await Task.Delay(s_retry, _clock, _stopping.Token);
            }
        }
    }

    // One at a time, so that an older load never replaces a newer one.
    private async Task LoadAsync(CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);
        try
        {
            var before = Tokens.Current;
            var stored = await _access.LoadCurrentAsync(_clock.GetUtcNow() - s_endedKept, cancellation);
            var rows = await _vault.LoadAsync(cancellation);
            var limitRows = await _limits.LoadAsync(cancellation);
            var tenantRows = await TenantLoad.ReadAsync(_store, cancellation);
            await LearnAsync(rows.Select(row => row.Sealed).Concat(tenantRows.Credentials.Select(row => row.Sealed)), cancellation);
            var tenants = TenantLoad.Build(tenantRows, _ring, _environment);
            // Tenants first: a token that was just made may name a workspace that was just made.
            Tenants.Swap(tenants.Table);
            Replace(before, TokenTable.From([.. stored.Select(one => LockedOut(one, tenants.Table))]), tenants.Table);
            Limits.Swap(LimitTable.From(limitRows, tenants.Table.Settings.Limits));
            var sources = _providers([.. rows.Select(r => r.Provider).Distinct(StringComparer.OrdinalIgnoreCase)]);
            var problems = new List<string>();
            Credentials.Swap(CredentialTable.Build(sources, OpenAll(rows, problems), _environment, _clock, tenants.Table.IsShared));
            foreach (var unopened in tenants.Unopened) LogTenantNotOpened(unopened.Id, unopened.OwnerId);
            Problems = [.. problems, .. tenants.Problems];
        }
        finally
        {
            _loading.Release();
        }
    }

    // A token that was made and looked up while the rows were read may not be among them; without it, the calls of an agent that was just let in
    // would be looked up anew, more of them than may be.
    private void Replace(TokenTable before, TokenTable loaded, TenantTable tenants)
    {
        while (true)
        {
            var now = Tokens.Current;
            var next = loaded;
            foreach (var found in now.Added)
            {
                if (!before.Added.Contains(found)) next = next.With(LockedOut(found, tenants));
            }

            if (Tokens.TrySwap(now, next)) return;
        }
    }

    // After the rows, so that a key that one of them needs is stored by now. Without the key their owners would lose what works; so the
    // load fails, and the tables of before stay.
    private async Task LearnAsync(IEnumerable<byte[]> sealedValues, CancellationToken cancellation)
    {
        if (_master is null || sealedValues.All(value => _ring.Knows(KeyPurpose.Vault, value))) return;
        if (_master() is not { } master || !await _keys.LearnAsync(_ring, master, cancellation))
        {
            throw new InvalidOperationException(
                "The vault was sealed anew and the master key was replaced: start this server again with the new master key.");
        }
    }

    // A row that can't be opened leaves its provider without that key; the others work.
    private List<ProviderCredential> OpenAll(List<SealedCredential> rows, List<string> problems)
    {
        var opened = new List<ProviderCredential>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Open(_ring) is { } credential)
            {
                opened.Add(credential);
            }
            else
            {
                problems.Add($"The credential '{row.Name}' of provider '{row.Provider}' can't be opened: its row was altered. Remove it and add it again.");
                LogNotOpened(row.Name, row.Provider);
            }
        }
        return opened;
    }
}
