using Gatehouse.Dialects;

namespace Gatehouse.Clients.Setups;

/// <summary>How a client is to be set up: where it calls, with what, and for which models. Immutable. Holds the token in clear: never log it.</summary>
public sealed record ClientSetup
{
    /// <summary>The environment variable that holds the token where a client takes it from the environment.</summary>
    public const string TokenVariable = "GATEHOUSE_TOKEN";

    /// <summary>The name of our provider in clients that name theirs. Never changed: clients file sessions under it.</summary>
    public const string ProviderId = "gatehouse";

    /// <summary>Our provider's name for people.</summary>
    public const string ProviderLabel = "Gatehouse";

    /// <summary>Gatehouse's address, as this machine reaches it.</summary>
    public required Uri Gateway { get; init; }

    /// <summary>What the client is to speak.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>What the client is to present, or the words that stand in its place in a snippet.</summary>
    public required string Token { get; init; }

    /// <summary>Where the client is to find the token.</summary>
    public required CredentialPlace Credential { get; init; }

    /// <summary>The file of the token where <see cref="Credential"/> says so.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>The model to set; null leaves the client's own names in force.</summary>
    public ModelChoice? Model { get; init; }

    /// <summary>The model for small tasks; null when no model is set.</summary>
    public ModelChoice? FastModel { get; init; }

    /// <summary>Codex only: change the address of the provider that is set, in place, instead of adding ours.</summary>
    public bool KeepProvider { get; init; }

    /// <summary>Whether tools that are loaded on demand survive the way to the model's provider.</summary>
    public bool ToolReferencesSurvive { get; init; }

    /// <summary>Says whether Gatehouse answers to a model's name in the dialect.</summary>
    public Func<string, bool> IsRouted { get; init; } = _ => true;

    /// <summary>The address without a path.</summary>
    internal string Root => Gateway.GetLeftPart(UriPartial.Authority);
}
