using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// The models that a workspace's own provider lists: asked for when a workspace asks, kept for ten minutes, and never asked twice at a time.
/// A provider that has no list says so to its own users only. Thread-safe.
/// </summary>
internal sealed class WorkspaceModels(ModelListFetcher fetcher, TimeProvider time)
{
    /// <summary>How long a list is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    // Goes with the provider that it is of, so that a replaced key never sees the list of the one before.
    private readonly ConditionalWeakTable<TenantProvider, Held> _lists = [];

    /// <summary>The list, or the error to answer with.</summary>
    public async Task<(ImmutableArray<ListedModel> Models, DialectError? Error)> ListAsync(WorkspaceService service, CancellationToken cancellation)
    {
        var own = service.Own!;
        var held = _lists.GetValue(own, static _ => new Held());
        var list = await held.GetAsync(() => FetchAsync(own.Provider, service.Key!), time).WaitAsync(cancellation);
        if (list is { } models) return (models, null);
        held.Forget();
        // What is configured can be asked for, whatever the host's list is worth.
        if (service.Settings?.Model is { Length: > 0 } configured) return ([new ListedModel(configured)], null);
        return ([], new DialectError(
            ErrorKind.BadGateway, $"The provider of the credential '{own.Provider.Label}' gave no list of its models. Ask for them by name.", "models_unavailable"));
    }

    private async Task<ImmutableArray<ListedModel>?> FetchAsync(Provider provider, ProviderCredential key)
    {
        // For all who wait: none of them may end it.
        var answer = await fetcher.FetchAsync(provider, key, CancellationToken.None);
        if (answer.Problem is not null) return null;
        var models = ImmutableArray.CreateBuilder<ListedModel>();
        foreach (var page in answer.Pages)
        {
            if (ModelListParser.Parse(page) is not { } parsed) return null;
            models.AddRange(parsed.Models);
        }

        return models.ToImmutable();
    }

    private sealed class Held
    {
        private readonly Lock _gate = new();
        private Task<ImmutableArray<ListedModel>?>? _list;
        private long _asked;

        public Task<ImmutableArray<ListedModel>?> GetAsync(Func<Task<ImmutableArray<ListedModel>?>> fetch, TimeProvider time)
        {
            lock (_gate)
            {
                if (_list is not null && time.GetElapsedTime(_asked) < Kept) return _list;
                _asked = time.GetTimestamp();
                return _list = fetch();
            }
        }

        public void Forget()
        {
            lock (_gate)
            {
                if (_list is { IsCompleted: true }) _list = null;
            }
        }
    }
}
