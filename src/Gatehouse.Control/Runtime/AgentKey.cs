using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Runtime;

/// <summary>Where a workspace's harness calls through the gateway.</summary>
/// <param name="Provider">How: <c>anthropic-passthrough</c> or <c>openai-passthrough</c> with a credential of the user's own, else <c>…-proxy</c>.</param>
/// <param name="BaseUrl">The address; <see cref="AgentKey.TokenPlace"/> in it stands for the workspace token.</param>
/// <param name="Model">The model to tell the harness; empty to leave it to the harness.</param>
/// <param name="ApiKeySource">What the harness presents: always <c>callback-token</c>, its workspace token.</param>
public sealed record InferenceConfig(string Provider, string BaseUrl, string Model, string ApiKeySource = "callback-token");

/// <summary>A file that a harness finds in its workspace, readable by its owner alone. A class, so that nothing prints it.</summary>
public sealed class RuntimeFile
{
    /// <summary>Where it goes, below the home folder.</summary>
    public required string Path { get; init; }

    /// <summary>The variable that stands for the folder of <see cref="Path"/>; null when none does.</summary>
    public string? HomeVariable { get; init; }

    /// <summary>What it holds.</summary>
    public required Secret Content { get; init; }

    /// <summary>Whether it is the vendor's own login, which the harness renews by itself and which is then synced back.</summary>
    public bool IsLogin { get; init; }
}

/// <summary>
/// What a runner needs to start a harness in its workspace. Through the gateway it holds a word in the key's place, and no provider's key in
/// any part; natively it holds the vendor's own login of the user. A class, so that nothing prints it. Immutable.
/// </summary>
public sealed class AgentKey
{
    /// <summary>In the key's place where a credential of the user's own serves.</summary>
    public const string OwnSentinel = "__sam_proxy__";

    /// <summary>In the key's place where the platform serves.</summary>
    public const string PlatformSentinel = "__platform_proxy__";

    /// <summary>Stands for the workspace token, which the runner fills in: it has it already.</summary>
    public const string TokenPlace = "{wstoken}";

    /// <summary>Where a workspace's Codex refreshes its login, with the workspace token as the query parameter <c>token</c>.</summary>
    public const string RefreshPath = "/api/auth/codex-refresh";

    /// <summary>The harness's name.</summary>
    public required string Harness { get; init; }

    /// <summary>A sentinel, or the vendor's own login.</summary>
    public required Secret ApiKey { get; init; }

    /// <summary><c>api-key</c>, or <c>oauth-token</c> for a vendor's own login.</summary>
    public required string CredentialKind { get; init; }

    /// <summary><c>project</c>, <c>user</c> or <c>platform</c>.</summary>
    public required string CredentialSource { get; init; }

    /// <summary>Where it calls; null when it calls its vendor itself.</summary>
    public InferenceConfig? Inference { get; init; }

    /// <summary>What the harness is to speak to the gateway; null when it calls its vendor itself.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>The model that its configuration, an administrator or the environment names; null when none does.</summary>
    public string? ChosenModel { get; init; }

    /// <summary>Whether a credential serves that is the harness's own vendor's, so that the harness's own names for models lead somewhere.</summary>
    public bool IsVendors { get; init; }

    /// <summary>The environment, by name; <see cref="TokenPlace"/> in a value stands for the workspace token.</summary>
    public required ImmutableSortedDictionary<string, string> Environment { get; init; }

    /// <summary>Files to write before the start.</summary>
    public ImmutableArray<RuntimeFile> Files { get; init; } = [];

    /// <summary>The variables that hold secrets: not for command lines, logs or anything that is shown.</summary>
    public required ImmutableArray<string> SecretNames { get; init; }

    /// <summary>The credential that serves, for the sync of its login; null for the platform's.</summary>
    public string? CredentialId { get; init; }

    /// <summary>The credential's revision when this was made.</summary>
    public long Revision { get; init; }

    /// <summary>Whether a text is one of the words that stand in a key's place: never a login, wherever it comes from.</summary>
    public static bool IsSentinel(string text) => text.Trim() is OwnSentinel or PlatformSentinel;
}
