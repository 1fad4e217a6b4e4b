using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>Zed. Its settings name servers and models; the key goes into the system's keychain or a variable.</summary>
internal sealed class Zed : Client
{
    /// <inheritdoc/>
    public override string Id => "zed";

    /// <inheritdoc/>
    public override string Label => "Zed";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override string Executable => "zed";

    /// <inheritdoc/>
    public override string Reason => "It keeps keys in the system's keychain, so a part of it would have to be done by hand anyway.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.OpenAiChat];

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Steps(ClientSetup setup) =>
    [
        "In Zed's settings.json (zed: open settings), add to language_models.openai_compatible:",
        $"  \"{ClientSetup.ProviderLabel}\": {{",
        $"    \"api_url\": \"{BaseAddress(setup.Gateway, setup.Dialect)}\",",
        $"    \"available_models\": [{{ \"name\": \"{setup.Model!.Name}\", \"display_name\": \"{setup.Model.Name}\", \"max_tokens\": {setup.Model.ContextTokens ?? 128_000} }}]",
        "  }",
        $"Then, in agent: open settings, give {ClientSetup.ProviderLabel} this key: {setup.Token}",
        $"(or start Zed with {ClientSetup.ProviderLabel.ToUpperInvariant()}_API_KEY set to it), and choose the model in the agent panel.",
    ];
}
