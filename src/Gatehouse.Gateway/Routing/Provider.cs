using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Routing;

/// <summary>A named upstream as requests see it: built from configuration, immutable, replaced as a whole on reload.</summary>
public sealed class Provider
{
    /// <summary>The configured name, unique without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>Whether a text can be a provider's name: a letter, then letters, digits, hyphens and underscores, 64 in all.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetter(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>The preset it was made from, or null.</summary>
    public string? Preset { get; init; }

    /// <summary>Where the definition comes from: <c>file</c>, <c>env</c> or <c>vault</c> (a key there brought its preset in), <c>built-in</c>, or <c>tenant</c> for a user's own credential.</summary>
    public required string Source { get; init; }

    /// <summary>Its name for people.</summary>
    public string Label { get; init; } = "";

    /// <summary>
    /// The environment variables that its platform key may stand in; the first that is set counts. Names only: the key itself is never part
    /// of a configuration.
    /// </summary>
    public ImmutableArray<string> KeyVariables { get; init; } = [];

    /// <summary>Whether the configuration itself names the variable of its key, rather than its preset.</summary>
    public bool NamesKeyVariable { get; init; }

    /// <summary>Patterns of model names that its preset brings, tried after the configuration's own rules.</summary>
    public ImmutableArray<string> DefaultModels { get; init; } = [];

    /// <summary>Patterns of its preset so wide that they are tried last of all.</summary>
    public ImmutableArray<string> FallbackModels { get; init; } = [];

    /// <summary>One endpoint per dialect that it speaks.</summary>
    public required FrozenDictionary<Dialect, ProviderEndpoint> Endpoints { get; init; }

    /// <summary>Whether addresses in private and loopback ranges may be connected to. Our own address never may.</summary>
    public bool AllowPrivateNetwork { get; init; }

    /// <summary>Whether <c>stream_options.include_usage</c> is added to chat streams whose caller did not ask for it.</summary>
    public bool RequestUsage { get; init; } = true;

    /// <summary>Whether HTTP/2 is offered; HTTP/1.1 otherwise.</summary>
    public bool Http2 { get; init; }

    /// <summary>Deadlines of each phase.</summary>
    public ProviderDeadlines Deadlines { get; init; } = ProviderDeadlines.Default;

    /// <summary>Headers added to every request, such as an organisation's id. Never a credential.</summary>
    public FrozenDictionary<string, string> Headers { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The named edits switched on for this host.</summary>
    public ImmutableArray<ProviderEdit> Edits { get; init; } = [];

    /// <summary>What the configuration says of its models, over what the catalog does. Looked at by translations only.</summary>
    public ImmutableArray<TraitsRule> Traits { get; init; } = [];

    /// <summary>Which forms of answer it gives.</summary>
    public AnswerForm Answers { get; init; }

    /// <summary>Whether the login of the <c>claude</c> program serves when there is no key: a person's own, for that person alone.</summary>
    public bool ClaudeLogin { get; init; }

    /// <summary>How it is run when it is a program on this machine; null for a host that is called over HTTP.</summary>
    public ProgramSettings? Program { get; init; }

    /// <summary>
    /// Whether it can't be called in a dialect without a key. A server of one's own, for which the configuration names no key, may be:
    /// it is called without one until the vault has one for it.
    /// </summary>
    public bool NeedsKey(Dialect dialect) => Endpoints[dialect].Auth != AuthStyle.None && (Preset is not null || !KeyVariables.IsEmpty);

    /// <summary>Whether it was made of a user's own credential: its address is sealed with that, and told to nobody.</summary>
    public bool IsTenant => Source == TenantSource;

    /// <summary>The <see cref="Source"/> of a provider made of a user's own credential.</summary>
    public const string TenantSource = "tenant";

    /// <summary>What the name of such a provider begins with; the credential's id follows. No configured name holds a colon.</summary>
    public const string TenantPrefix = "tenant:";

    /// <summary>The name of the built-in simulated provider. It answers only to models named <c>sim/…</c> and stands in for no other.</summary>
    public const string SimulatorName = "sim";

    /// <summary>The beginning of every model name that the simulated provider answers to, and that no other provider gets.</summary>
    public const string SimulatorPrefix = "sim/";
}

/// <summary>Which forms of answer a provider gives. A caller that wants the other gets its answer converted.</summary>
public enum AnswerForm : byte
{
    /// <summary>Event streams and JSON documents, as asked.</summary>
    Both,

    /// <summary>Event streams only.</summary>
    Stream,

    /// <summary>JSON documents only.</summary>
    Json,
}

/// <summary>Where and how a provider is spoken to in one dialect.</summary>
/// <param name="Dialect">The dialect.</param>
/// <param name="BaseAddress">
/// The address that the dialect's paths are appended to, without a trailing slash: for <c>anthropic</c> the root before <c>/v1/messages</c>,
/// for the OpenAI dialects including their <c>/v1</c>.
/// </param>
/// <param name="Auth">How the credential is presented.</param>
public sealed record ProviderEndpoint(Dialect Dialect, Uri BaseAddress, AuthStyle Auth);

/// <summary>Deadlines of one call, from the configuration of its provider.</summary>
/// <param name="Connect">Name resolution, TCP and TLS.</param>
/// <param name="FirstByte">From the request's start to the answer's headers, and from there to the first body byte.</param>
/// <param name="Idle">Between two pieces of the body.</param>
/// <param name="Total">The whole call.</param>
public sealed record ProviderDeadlines(TimeSpan Connect, TimeSpan FirstByte, TimeSpan Idle, TimeSpan Total)
{
    /// <summary>10 s, 10 min, 5 min, 60 min: agents' long thinking must fit.</summary>
    public static ProviderDeadlines Default { get; } =
        new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60));
}
