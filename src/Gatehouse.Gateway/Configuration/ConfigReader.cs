using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Turns the overlaid values into a <see cref="GatehouseConfig"/>, finding every fault in one pass.</summary>
internal sealed class ConfigReader(ConfigInputs inputs, ProviderCatalog catalog, ConfigReport report)
{
    public GatehouseConfig Read(ConfigNode node)
    {
        var root = new ConfigSection(node, "", "", report);
        var allowRemote = root.Bool("allowRemote", false);
        var listen = Listen(root, allowRemote);
        var hosts = AllowedHosts(root);
        // A change of listen waits for a restart: until then others reach what was bound before.
        var reached = listen.AddRange(inputs.Bound);
        var fromFile = new ProviderReader(catalog, report, new ClaudeLoginReader(catalog, reached, hosts)).Read(root);
        var providers = fromFile.AddRange(EnvironmentProviders.Find(catalog, fromFile, inputs));
        var config = new GatehouseConfig
        {
            Listen = listen,
            AllowRemote = allowRemote,
            AllowedHosts = hosts,
            CorsOrigins = Origins(root, "corsOrigins"),
            PublicOrigins = Origins(root, "publicOrigins"),
            Auth = Auth(root.Section("auth"), reached),
            Models = new ModelRuleReader(providers, catalog).Read(root),
            Providers = inputs.Simulator.IsEmpty ? providers : providers.Add(Simulator()),
            Prices = new PriceReader(report).Read(root),
            Limits = Limits(root.Section("limits")),
            UserLimits = UserLimitsReader.Read(root.Section("userLimits")),
            Stream = Stream(root.Section("stream")),
            Telemetry = Telemetry(root.Section("telemetry")),
            Ledger = Ledger(root.Section("ledger")),
            Integration = Integration(root.Section("integration")),
            Workspaces = new WorkspacesReader(report).Read(root.Section("workspaces")),
        };
        root.Finish();
        return config;
    }

    private ImmutableArray<ListenAddress> Listen(ConfigSection root, bool allowRemote)
    {
        var addresses = ImmutableArray.CreateBuilder<ListenAddress>();
        foreach (var (text, path, node) in root.Texts("listen"))
        {
            if (ListenAddress.Parse(text, out var what, out var fix) is not { } address) report.Add(path, node, what, fix);
            else if (addresses.Contains(address)) report.Add(path, node, $"names {address} a second time", "Keep one of them");
            else
            {
                addresses.Add(address);
                if (!address.IsLoopback && !allowRemote)
                    report.Add(path, node, $"is {address}, which other machines can reach", "Listen on http://127.0.0.1:8484, or set allowRemote to true (--allow-remote)");
            }
        }

        if (root.Node("listen") is { Kind: ConfigKind.List, Items.Count: 0 }) root.Fault("listen", "is empty", "Write at least one address, or take the key out");
        return addresses.Count > 0 ? addresses.ToImmutable() : [ListenAddress.Default];
    }

    private ImmutableArray<string> AllowedHosts(ConfigSection root)
    {
        var hosts = ImmutableArray.CreateBuilder<string>();
        foreach (var (text, path, node) in root.Texts("allowedHosts"))
        {
            if (Uri.CheckHostName(text.Trim('[', ']')) == UriHostNameType.Unknown)
                report.Add(path, node, "is not a host name", "Write a name such as gateway.example.com, without scheme, port or *");
            else hosts.Add(text.ToLowerInvariant());
        }

        return hosts.ToImmutable();
    }

    private ImmutableArray<string> Origins(ConfigSection root, string key)
    {
        var origins = ImmutableArray.CreateBuilder<string>();
        foreach (var (text, path, node) in root.Texts(key))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
                && uri.Fragment.Length == 0)
                origins.Add(uri.GetLeftPart(UriPartial.Authority));
            else report.Add(path, node, "is not an origin", "Write for example https://console.example.com; * is not accepted");
        }

        return origins.ToImmutable();
    }

    private static AuthConfig Auth(ConfigSection section, ImmutableArray<ListenAddress> listen)
    {
        var anonymous = AnonymousAccess.Off;
        var word = section.Text("anonymous");
        if (word == "loopback") anonymous = AnonymousAccess.Loopback;
        else if (word is not (null or "off")) section.Fault("anonymous", "is neither \"off\" nor \"loopback\"", "Write one of them");

        var token = section.Text("anonymousToken");
        if (anonymous == AnonymousAccess.Loopback)
        {
            if (!listen.All(a => a.IsLoopback))
                section.Fault("anonymous", "is \"loopback\" while an address is listened on that other machines can reach", "Listen on loopback addresses only (a running server does after a restart), or set it to \"off\"");
            if (string.IsNullOrWhiteSpace(token))
                section.Fault("anonymousToken", "is missing", "Write the name of the client token that callers without one count as");
        }

        section.Finish();
        return new AuthConfig { Anonymous = anonymous, AnonymousToken = token };
    }

    private static LimitsConfig Limits(ConfigSection section)
    {
        var usual = new LimitsConfig();
        var limits = new LimitsConfig
        {
            MaxBodyBytes = section.Whole("maxBodyBytes", usual.MaxBodyBytes, 1024, 1L << 30),
            MaxBodiesInMemoryBytes = section.Whole("maxBodiesInMemoryBytes", usual.MaxBodiesInMemoryBytes, 1024, 1L << 40),
            MaxConcurrentExchanges = (int)section.Whole("maxConcurrentExchanges", usual.MaxConcurrentExchanges, 1, 1_000_000),
            MaxHeaderBytes = (int)section.Whole("maxHeaderBytes", usual.MaxHeaderBytes, 4096, 1 << 20),
            MaxInputTokensPerRequest = section.Whole("maxInputTokensPerRequest", 0, 0, 1_000_000_000) is > 0 and var most ? most : null,
            Drain = section.Seconds("drainSeconds", usual.Drain, 0, 3600),
        };
        if (limits.MaxBodiesInMemoryBytes < limits.MaxBodyBytes)
            section.Fault("maxBodiesInMemoryBytes", $"is less than maxBodyBytes ({limits.MaxBodyBytes}), so that the largest body could never be taken", "Raise it or lower maxBodyBytes");
        section.Finish();
        return limits;
    }

    private static StreamConfig Stream(ConfigSection section)
    {
        var stream = new StreamConfig { KeepAlive = section.Seconds("keepAliveSeconds", new StreamConfig().KeepAlive, 0.05, 600) };
        section.Finish();
        return stream;
    }

    private static TelemetryConfig Telemetry(ConfigSection section)
    {
        var usual = new TelemetryConfig();
        Uri? endpoint = null;
        if (section.Text("otlpEndpoint") is { } text
            && (!Uri.TryCreate(text, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https") || endpoint.UserInfo.Length > 0
                || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0))
            section.Fault("otlpEndpoint", "is not an http or https address without user name and query", "Write for example http://127.0.0.1:4318");
        var name = section.Text("serviceName") ?? usual.ServiceName;
        if (string.IsNullOrWhiteSpace(name) || name.Length > 128) section.Fault("serviceName", "is empty or longer than 128 characters", "Write a name such as gatehouse");
        var telemetry = new TelemetryConfig { OtlpEndpoint = endpoint, ServiceName = name, MetricsPublic = section.Bool("metricsPublic", usual.MetricsPublic) };
        section.Finish();
        return telemetry;
    }

    private static LedgerConfig Ledger(ConfigSection section)
    {
        var usual = new LedgerConfig();
        var millisecond = TimeSpan.FromMilliseconds(1);
        var ledger = new LedgerConfig
        {
            Sync = section.Duration("syncMilliseconds", usual.Sync, millisecond, millisecond, TimeSpan.FromMinutes(1)),
            SegmentBytes = (int)section.Whole("segmentBytes", usual.SegmentBytes, 64 << 10, 1L << 30),
        };
        section.Finish();
        return ledger;
    }

    private static IntegrationConfig Integration(ConfigSection section)
    {
        var integration = new IntegrationConfig { DefaultModel = ModelName(section, "defaultModel"), FastModel = ModelName(section, "fastModel") };
        if (integration is { DefaultModel: null, FastModel: not null })
            section.Fault("fastModel", "stands without defaultModel", "Set integration.defaultModel too: an agent that is given the one is given the other");
        section.Finish();
        return integration;
    }

    private static string? ModelName(ConfigSection section, string key)
    {
        if (section.Text(key) is not { } name) return null;
        // Agents put it into URLs, headers and shells of their own.
        if (name.Length is > 0 and <= 256 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) return name;
        section.Fault(key, "is empty, longer than 256 characters, or has blanks in it", "Write a model's name as agents ask for it, such as claude-sonnet-4-5");
        return null;
    }

    private Provider Simulator() => new()
    {
        Name = Provider.SimulatorName,
        Label = "Simulated provider",
        Source = "built-in",
        Endpoints = inputs.Simulator.ToFrozenDictionary(e => e.Dialect),
        AllowPrivateNetwork = true,
    };
}
