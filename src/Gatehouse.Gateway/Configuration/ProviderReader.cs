using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads the section <c>providers</c>.</summary>
internal sealed class ProviderReader(ProviderCatalog catalog, ConfigReport report, ClaudeLoginReader logins)
{
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>Every provider of the section in order; those with faults come as far as they could be read, so that routes to them are no faults too.</summary>
    public ImmutableArray<Provider> Read(ConfigSection root)
    {
        var providers = ImmutableArray.CreateBuilder<Provider>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, path, node) in root.Entries("providers"))
        {
            if (!Provider.IsName(name))
                report.Add(path, node, "is not a usable name", "Begin with a letter; letters, digits, hyphens and underscores may follow, 64 in all");
            else if (string.Equals(name, Provider.SimulatorName, StringComparison.OrdinalIgnoreCase))
                report.Add(path, node, "is the name of the built-in simulated provider", "Choose another name");
            else if (!names.Add(name))
                report.Add(path, node, "stands twice: names that differ only in case are one", "Rename one of them");
            providers.Add(Read(name, new ConfigSection(node, path, "providers.*", report)));
        }

        return providers.ToImmutable();
    }

    private Provider Read(string name, ConfigSection section)
    {
        var login = ClaudeLoginReader.Reads(section);
        var preset = Preset(section) ?? (login && section.Node("preset") is null ? catalog.FindPreset(ClaudeLoginReader.PresetName) : null);
        var allowPrivate = section.Bool("allowPrivateNetwork", false);
        var program = new ProgramReader(report).Read(section);
        var endpoints = program is null ? Endpoints(section, preset, allowPrivate) : ProgramReader.Endpoints;
        if (login) logins.Judge(section, preset, endpoints, allowPrivate);
        var provider = new Provider
        {
            Name = name,
            Preset = preset?.Name,
            Source = "file",
            Label = section.Text("label") ?? preset?.Label ?? name,
            KeyVariables = KeyVariables(section, preset),
            NamesKeyVariable = section.Text("apiKeyEnv") is not null,
            DefaultModels = program is null ? preset?.Models ?? [] : ProgramReader.Models,
            FallbackModels = preset?.FallbackModels ?? [],
            Endpoints = endpoints,
            AllowPrivateNetwork = allowPrivate,
            RequestUsage = section.Bool("includeUsage", preset?.IncludeUsage ?? true),
            Http2 = section.Bool("http2", false),
            Headers = Headers(section),
            Edits = Edits(section, preset, endpoints),
            Traits = new TraitsReader(report).Read(section),
            Answers = program is null ? Answers(section) : AnswerForm.Stream,
            Program = program,
            ClaudeLogin = login,
            Deadlines = Deadlines(section.Section("deadlines")),
        };
        section.Finish();
        return provider;
    }

    private Preset? Preset(ConfigSection section)
    {
        if (section.Text("preset") is not { } name) return null;
        if (catalog.FindPreset(name) is { } preset) return preset;
        var known = catalog.Presets.Select(p => p.Name);
        section.Fault("preset", $"is '{Shown(name)}', which is no preset", Meant(name, known));
        return null;
    }

    private FrozenDictionary<Dialect, ProviderEndpoint> Endpoints(ConfigSection section, Preset? preset, bool allowPrivate)
    {
        var endpoints = new Dictionary<Dialect, ProviderEndpoint>();
        foreach (var (name, path, node) in section.Entries("endpoints"))
        {
            var key = node.Origin is null ? name : name.ToLowerInvariant();
            if (!DialectNames.TryParse(key, out var dialect))
                report.Add(path, node, "is no dialect", Meant(name, DialectNames.All.Select(d => d.Name())));
            else if (Endpoint(dialect, path, node, preset, allowPrivate) is { } endpoint)
                endpoints[dialect] = endpoint;
        }

        if (section.Node("endpoints") is { } given)
        {
            if (given is { Kind: ConfigKind.Section, Members.Count: 0 })
                section.Fault("endpoints", "is empty", "Name a dialect and its address, or take the key out");
            return endpoints.ToFrozenDictionary();
        }

        foreach (var endpoint in preset?.Endpoints ?? [])
            endpoints[endpoint.Dialect] = new ProviderEndpoint(endpoint.Dialect, endpoint.BaseAddress, endpoint.Auth);
        if (endpoints.Count == 0 && (preset is not null || section.Node("preset") is null))
            section.Fault("endpoints", "is missing", "Name a preset that has addresses, or write for example { \"openai-chat\": \"https://host.example/v1\" }");
        return endpoints.ToFrozenDictionary();
    }

    // "https://…" or { "url": "https://…", "auth": "bearer" }.
    private ProviderEndpoint? Endpoint(Dialect dialect, string path, ConfigNode node, Preset? preset, bool allowPrivate)
    {
        var auth = preset?.Endpoints.FirstOrDefault(e => e.Dialect == dialect)?.Auth
            ?? (preset is { Endpoints.IsEmpty: true } ? preset.Auth : dialect == Dialect.Anthropic ? AuthStyle.XApiKey : AuthStyle.Bearer);
        if (node.Kind == ConfigKind.Text)
            return UpstreamAddress.Read(node.Text, dialect, allowPrivate, path, node, report) is { } plain ? new ProviderEndpoint(dialect, plain, auth) : null;

        if (node.Kind != ConfigKind.Section)
        {
            report.Add(path, node, $"is {node.KindName}, neither an address nor a section", "Write \"https://…\" or { \"url\": \"https://…\", \"auth\": \"bearer\" }");
            return null;
        }

        var section = new ConfigSection(node, path, "providers.*.endpoints.*", report);
        var url = section.Text("url");
        if (url is null && section.Node("url") is null) section.Fault("url", "is missing", "Write the address of the endpoint");
        if (section.Text("auth") is { } style && !AuthStyleNames.TryParse(style, out auth))
            section.Fault("auth", "is no auth style", Meant(style, AuthStyleNames.All));
        section.Finish();
        if (url is null) return null;
        return UpstreamAddress.Read(url, dialect, allowPrivate, section.PathOf("url"), section.Node("url")!, report) is { } address
            ? new ProviderEndpoint(dialect, address, auth)
            : null;
    }

    private static ImmutableArray<string> KeyVariables(ConfigSection section, Preset? preset)
    {
        if (section.Text("apiKeyEnv") is not { } variable) return preset?.KeyVariables ?? [];
        var good = variable.Length is > 0 and <= 128 && !char.IsAsciiDigit(variable[0]) && variable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (good) return [variable];
        section.Fault("apiKeyEnv", "is not the name of an environment variable", "Write the variable's name, such as MY_PROVIDER_KEY; the key itself stays out of this file");
        return [];
    }

    private FrozenDictionary<string, string> Headers(ConfigSection section)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, path, node) in section.Entries("headers"))
        {
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
                report.Add(path, node, "is not the name of a header", "Use letters, digits and hyphens");
            else if (SecretKeys.HeaderRefusal(name) is var (what, fix)) report.Add(path, node, what, fix);
            else if (node.Kind != ConfigKind.Text) report.Add(path, node, $"is {node.KindName}, not a text", "Write it in quotes");
            else if (node.Text.Any(c => c is < ' ' or > '\u00ff' or '\u007f')) report.Add(path, node, "holds characters that a header can't carry", "Use printable Latin-1 characters");
            else if (!headers.TryAdd(name, node.Text)) report.Add(path, node, "stands twice: header names that differ only in case are one", "Keep one of them");
        }

        return headers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private ImmutableArray<ProviderEdit> Edits(ConfigSection section, Preset? preset, FrozenDictionary<Dialect, ProviderEndpoint> endpoints)
    {
        var given = section.Node("edits") is not null;
        var names = section.Texts("edits").ToList();
        if (!given) return [.. (preset?.Edits ?? []).SelectMany(e => catalog.FindEdits(e)).Where(e => endpoints.ContainsKey(e.Dialect))];
        var edits = ImmutableArray.CreateBuilder<ProviderEdit>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, path, node) in names)
        {
            var found = catalog.FindEdits(name);
            var useful = found.Where(e => endpoints.ContainsKey(e.Dialect)).ToList();
            if (found.IsEmpty) report.Add(path, node, $"is '{Shown(name)}', which is no edit", Meant(name, catalog.EditNames));
            else if (!seen.Add(name)) report.Add(path, node, $"names '{name}' a second time", "Keep one of them");
            else if (useful.Count == 0 && endpoints.Count > 0)
                report.Add(path, node, $"is '{name}', which changes only {string.Join(" and ", found.Select(e => e.Dialect.Name()))}", "Take it out; this provider does not speak that");
            edits.AddRange(useful);
        }

        return edits.ToImmutable();
    }

    private static AnswerForm Answers(ConfigSection section)
    {
        switch (section.Text("answers"))
        {
            case null or "both": return AnswerForm.Both;
            case "stream": return AnswerForm.Stream;
            case "json": return AnswerForm.Json;
            default:
                section.Fault("answers", "is no form of answer", "Write both, stream or json");
                return AnswerForm.Both;
        }
    }

    private static ProviderDeadlines Deadlines(ConfigSection section)
    {
        var usual = ProviderDeadlines.Default;
        var shortest = _shortest.TotalSeconds;
        var deadlines = new ProviderDeadlines(
            section.Seconds("connectSeconds", usual.Connect, shortest, 300),
            section.Seconds("firstByteSeconds", usual.FirstByte, shortest, 86_400),
            section.Seconds("idleSeconds", usual.Idle, shortest, 86_400),
            section.Seconds("totalSeconds", usual.Total, shortest, 86_400));
        section.Finish();
        return deadlines;
    }

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "…" : text;

    private static string Meant(string name, IEnumerable<string> known) =>
        NearestNames.Suggest(name, known) is { } meant ? $"Did you mean '{meant}'?" : $"Write one of {string.Join(", ", known)}";
}
