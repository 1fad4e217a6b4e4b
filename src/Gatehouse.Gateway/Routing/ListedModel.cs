namespace Gatehouse.Gateway.Routing;

/// <summary>A model as a provider lists it, or as the configuration names it.</summary>
/// <param name="Id">The name to ask for.</param>
/// <param name="DisplayName">Its name for people; null when the provider gives none.</param>
/// <param name="Created">When it came out; null when unknown.</param>
/// <param name="OwnedBy">Whose it is; null when unknown.</param>
/// <param name="MaxInputTokens">The window for input; null when unknown.</param>
/// <param name="MaxTokens">The most that it may be asked to put out; null when unknown.</param>
internal sealed record ListedModel(
    string Id, string? DisplayName = null, DateTimeOffset? Created = null, string? OwnedBy = null, long? MaxInputTokens = null, long? MaxTokens = null);

/// <summary>One page of a provider's list.</summary>
/// <param name="Models">The models on it.</param>
/// <param name="HasMore">Whether another page follows.</param>
/// <param name="LastId">What to ask the next page with (<c>after_id</c>); null when there is none.</param>
internal sealed record ModelListPage(IReadOnlyList<ListedModel> Models, bool HasMore, string? LastId);
