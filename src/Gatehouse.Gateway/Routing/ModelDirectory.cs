using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Routing;

/// <summary>Asks a provider for all its models, every page. Throws when the provider can't be asked; the list at hand is then kept.</summary>
/// <param name="provider">The provider.</param>
/// <param name="dialect">The dialect to ask in: one of its endpoints.</param>
/// <param name="cancellation">Ends the call.</param>
internal delegate Task<IReadOnlyList<ListedModel>> ModelListFetch(Provider provider, Dialect dialect, CancellationToken cancellation);

/// <summary>
/// What <c>GET /v1/models</c> answers from. Providers are asked in the background, every ten minutes and when the configuration changes;
/// a request never waits for them. A provider that fails keeps its last list. Safe from any thread.
/// </summary>
internal sealed partial class ModelDirectory : IAsyncDisposable
{
    /// <summary>How often the providers are asked.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long one provider may take.</summary>
    public static readonly TimeSpan FetchDeadline = TimeSpan.FromSeconds(30);

    // Every endpoint of a host names the same models, but hosts that add an Anthropic dialect often leave its list of models out.
    private static readonly Dialect[] _askIn = [Dialect.OpenAiChat, Dialect.OpenAiResponses, Dialect.Anthropic];

    private readonly ModelListFetch _fetch;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelDirectory> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ConcurrentDictionary<string, IReadOnlyList<ListedModel>> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _rebuilding = new();
    private volatile GatewaySnapshot _snapshot;
    private volatile ModelListing _listing = ModelListing.Empty;
    private Task? _refreshing;

    /// <summary>Makes a directory that lists the configured names until the providers have been asked.</summary>
    public ModelDirectory(GatewaySnapshot snapshot, ModelListFetch fetch, TimeProvider time, ILogger<ModelDirectory> log)
    {
        _snapshot = snapshot;
        _fetch = fetch;
        _time = time;
        _log = log;
        Rebuild();
    }

    /// <summary>Begins to ask the providers. Once only.</summary>
    public void Start() => _refreshing ??= RefreshLoopAsync();

    /// <summary>Takes over a new configuration: what is listed follows at once, the providers are asked again soon.</summary>
    public void Update(GatewaySnapshot snapshot)
    {
        _snapshot = snapshot;
        Rebuild();
        Wake();
    }

    /// <summary>The models that can be asked for in one of these dialects and that the caller may use.</summary>
    /// <param name="dialects">The dialects that the caller's interface stands for.</param>
    /// <param name="allowed">Whether the caller may use a model name.</param>
    public ImmutableArray<ListedModel> List(ReadOnlySpan<Dialect> dialects, Func<string, bool> allowed)
    {
        var models = ImmutableArray.CreateBuilder<ListedModel>();
        foreach (var entry in _listing.Entries)
            if (entry.Dialects.AsSpan().ContainsAny(dialects) && allowed(entry.Model.Id)) models.Add(entry.Model);
        return models.ToImmutable();
    }

    /// <summary>One model, or null when it is not listed for these dialects or the caller may not use it.</summary>
    public ListedModel? Find(string id, ReadOnlySpan<Dialect> dialects, Func<string, bool> allowed) =>
        _listing.Find(id) is { } entry && entry.Dialects.AsSpan().ContainsAny(dialects) && allowed(id) ? entry.Model : null;

    /// <summary>The names nearest to one that nothing matched, the providers' own lists included.</summary>
    public IReadOnlyList<string> Closest(string model, int count, Func<string, bool>? allowed = null) =>
        _snapshot.Routes.Closest(model, count, _listing.Entries.Select(e => e.Model.Id), allowed);

    /// <summary>Asks every provider once, all at the same time, and takes over what they answer.</summary>
    internal async Task RefreshAsync(CancellationToken cancellation)
    {
        var snapshot = _snapshot;
        await Task.WhenAll(snapshot.Providers.Select(p => RefreshAsync(p, cancellation)));
        foreach (var gone in _lists.Keys.Where(name => _snapshot.FindProvider(name) is null)) _lists.TryRemove(gone, out _);
        Rebuild();
    }

    /// <summary>Stops asking.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_refreshing is not null) await _refreshing;
        _stop.Dispose();
        _wake.Dispose();
    }

    private async Task RefreshAsync(Provider provider, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(FetchDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            if (provider.Endpoints.Count == 0) return;
            var models = await _fetch(provider, _askIn.First(provider.Endpoints.ContainsKey), either.Token);
            _lists[provider.Name] = models;
            LogListed(provider.Name, models.Count);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // What the fetcher says is made of our own words; the message of anything else may quote an answer.
            LogListFailed(provider.Name, e is InvalidDataException ? e.Message : e.GetType().Name);
        }
    }

    private async Task RefreshLoopAsync()
    {
        try
        {
            while (true)
            {
                await RefreshAsync(_stop.Token);
                await PauseAsync();
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // Disposed, perhaps while a provider failed.
        }
    }

    private async Task PauseAsync()
    {
        using var timer = _time.CreateTimer(_ => Wake(), null, RefreshInterval, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(_stop.Token);
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }

    private void Rebuild()
    {
        // A configuration may arrive while the loop rebuilds: the later of the two must be the one that stays.
        lock (_rebuilding)
        {
            var snapshot = _snapshot;
            var lists = snapshot.Providers.Where(p => _lists.ContainsKey(p.Name)).Select(p => (p, _lists.GetValueOrDefault(p.Name) ?? []));
            _listing = ModelListing.Build(snapshot.Routes, lists);
        }
    }
}
