using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// The whole configuration after file, environment and command line were laid over each other and found good. Immutable; every value is
/// within its range and every name in it refers to something. It holds no secret.
/// </summary>
public sealed record GatehouseConfig
{
    /// <summary>The addresses to listen on; never empty. A change needs a restart.</summary>
    public ImmutableArray<ListenAddress> Listen { get; init; } = [ListenAddress.Default];

    /// <summary>Whether addresses may be listened on that other machines can reach.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>Host names, lower case and without port, accepted in <c>Host</c> besides the bound addresses.</summary>
    public ImmutableArray<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins (<c>https://host[:port]</c>) whose pages may call; none by default.</summary>
    public ImmutableArray<string> CorsOrigins { get; init; } = [];

    /// <summary>Origins under which people's browsers reach this gateway itself, through a proxy that does not pass their <c>Host</c> on.</summary>
    public ImmutableArray<string> PublicOrigins { get; init; } = [];

    /// <summary>Who may call without a token.</summary>
    public AuthConfig Auth { get; init; } = new();

    /// <summary>
    /// Every provider: those of the file in its order, then those that a key in the environment brought in, then the simulated one.
    /// </summary>
    public ImmutableArray<Provider> Providers { get; init; } = [];

    /// <summary>The model rules in order.</summary>
    public ImmutableArray<ModelRule> Models { get; init; } = [];

    /// <summary>What models cost, before the catalog's list prices.</summary>
    public ImmutableArray<PriceRule> Prices { get; init; } = [];

    /// <summary>Bounds on sizes and numbers.</summary>
    public LimitsConfig Limits { get; init; } = new();

    /// <summary>What users may use unless something else is stored for them.</summary>
    public UserLimitsConfig UserLimits { get; init; } = new();

    /// <summary>How streams are kept alive.</summary>
    public StreamConfig Stream { get; init; } = new();

    /// <summary>Where measurements go.</summary>
    public TelemetryConfig Telemetry { get; init; } = new();

    /// <summary>How the record of usage is written.</summary>
    public LedgerConfig Ledger { get; init; } = new();

    /// <summary>What coding agents are set up with.</summary>
    public IntegrationConfig Integration { get; init; } = new();

    /// <summary>What workspaces and users' own credentials may.</summary>
    public WorkspacesConfig Workspaces { get; init; } = new();
}

/// <summary>Who may call without a token.</summary>
public enum AnonymousAccess : byte
{
    /// <summary>Nobody.</summary>
    Off,

    /// <summary>Programs on this machine, as one named token. Refused unless every bound address is a loopback one.</summary>
    Loopback,
}

/// <summary>The section <c>auth</c>.</summary>
public sealed record AuthConfig
{
    /// <summary>Who may call without a token.</summary>
    public AnonymousAccess Anonymous { get; init; }

    /// <summary>The name of the client token that such callers count as; never null while <see cref="Anonymous"/> is on.</summary>
    public string? AnonymousToken { get; init; }
}

/// <summary>The section <c>limits</c>.</summary>
public sealed record LimitsConfig
{
    /// <summary>The largest request body, bytes; larger → 413.</summary>
    public long MaxBodyBytes { get; init; } = 32L << 20;

    /// <summary>The bytes of request bodies held at one time; beyond → 503.</summary>
    public long MaxBodiesInMemoryBytes { get; init; } = 512L << 20;

    /// <summary>The exchanges that run at one time; beyond → 503 with <c>retry-after</c>.</summary>
    public int MaxConcurrentExchanges { get; init; } = 4096;

    /// <summary>All headers of a request together, bytes. A change needs a restart.</summary>
    public int MaxHeaderBytes { get; init; } = 64 << 10;

    /// <summary>The most input tokens, by estimate, that one request may have; null when only the provider bounds it.</summary>
    public long? MaxInputTokensPerRequest { get; init; }

    /// <summary>How long running exchanges may go on after the order to stop.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The section <c>stream</c>.</summary>
public sealed record StreamConfig
{
    /// <summary>How long an upstream may be silent before the client gets a keep-alive.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The section <c>telemetry</c>.</summary>
public sealed record TelemetryConfig
{
    /// <summary>The collector to send to by OTLP; null sends nothing. A change needs a restart.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The name under which measurements are sent. A change needs a restart.</summary>
    public string ServiceName { get; init; } = "gatehouse";

    /// <summary>Whether <c>/metrics</c> needs no token when it is reached from another machine.</summary>
    public bool MetricsPublic { get; init; }
}

/// <summary>The section <c>ledger</c>. A change needs a restart.</summary>
public sealed record LedgerConfig
{
    /// <summary>How often the journal is forced to the disk: what a power failure may cost.</summary>
    public TimeSpan Sync { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The size of a journal file, bytes. It is set aside on the disk as a whole, and so is the next one.</summary>
    public int SegmentBytes { get; init; } = 16 << 20;
}

/// <summary>The section <c>integration</c>: read by the commands that set up coding agents, not by the server.</summary>
public sealed record IntegrationConfig
{
    /// <summary>The model that agents are set up with unless a command names one; null leaves it to each agent's own names.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>The model for an agent's small tasks; null means <see cref="DefaultModel"/>.</summary>
    public string? FastModel { get; init; }
}
