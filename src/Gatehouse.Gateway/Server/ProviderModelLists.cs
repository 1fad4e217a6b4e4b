using Gatehouse.Dialects;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Server;

/// <summary>Fetches a provider's own list of models for the directory, with the key that its calls are made with. Thread-safe.</summary>
internal sealed class ProviderModelLists(ModelListFetcher fetcher, Live<CredentialTable> credentials)
{
    /// <summary>The list; empty for a provider that can't be asked because it has no key.</summary>
    /// <exception cref="InvalidDataException">The provider has no usable list; the message says why.</exception>
    public async Task<IReadOnlyList<ListedModel>> FetchAsync(Provider provider, Dialect dialect, CancellationToken cancellation)
    {
        var credential = credentials.Current.Find(provider.Name);
        if (credential is null && provider.Endpoints.Keys.All(provider.NeedsKey)) return [];
        var answer = await fetcher.FetchAsync(provider, credential, cancellation);
        if (answer.Problem is { } problem) throw new InvalidDataException(problem);
        var models = new List<ListedModel>();
        foreach (var page in answer.Pages)
        {
            if (ModelListParser.Parse(page) is not { } parsed) throw new InvalidDataException("The answer is not a list of models.");
            models.AddRange(parsed.Models);
        }

        return models;
    }
}
