using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>The section <c>workspaces</c>.</summary>
public sealed record WorkspacesConfig
{
    /// <summary>
    /// Hosts in private networks, <c>host</c> or <c>host:port</c>, that users' own credentials may name; every other must be public.
    /// All must be https but those on this machine itself.
    /// </summary>
    public FrozenSet<string> PrivateHosts { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The model that a harness is told when its configuration names none, by the harness's name; empty for none.</summary>
    public FrozenDictionary<string, string> DefaultModels { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>How Codex logins are refreshed for workspaces.</summary>
    public CodexRefreshConfig CodexRefresh { get; init; } = new();
}

/// <summary>The section <c>workspaces.codexRefresh</c>.</summary>
public sealed record CodexRefreshConfig
{
    /// <summary>Whether workspaces refresh their Codex login here; otherwise Codex calls its vendor itself.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The service that refreshes; null for the vendor's own.</summary>
    public Uri? TokenUrl { get; init; }

    /// <summary>The scopes that new tokens may have; null for the usual ones, empty for no check.</summary>
    public ImmutableArray<string>? Scopes { get; init; }

    /// <summary>How long the service may take for an answer.</summary>
    public TimeSpan VendorLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one may wait for another refresh of the same login.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Reads the section <c>workspaces</c>.</summary>
internal sealed class WorkspacesReader(ConfigReport report)
{
    public WorkspacesConfig Read(ConfigSection section)
    {
        var workspaces = new WorkspacesConfig
        {
            PrivateHosts = PrivateHosts(section),
            DefaultModels = DefaultModels(section),
            CodexRefresh = CodexRefresh(section.Section("codexRefresh")),
        };
        section.Finish();
        return workspaces;
    }

    private FrozenSet<string> PrivateHosts(ConfigSection section)
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (text, path, node) in section.Texts("privateHosts"))
        {
            // As an authority it must come out of an address as it went in.
            if (Uri.TryCreate("http://" + text, UriKind.Absolute, out var uri) && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" }
                && text.Length <= 260 && !text.EndsWith('/')) hosts.Add(text);
            else report.Add(path, node, "is not a host", "Write a host such as llm.internal, 10.0.0.5 or 10.0.0.5:8000");
        }

        return hosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    private FrozenDictionary<string, string> DefaultModels(ConfigSection section)
    {
        var models = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, path, node) in section.Entries("defaultModels"))
        {
            if (HarnessCatalog.Embedded.Find(name) is not { } harness)
                report.Add(path, node, "is no harness", Meant(name));
            else if (node.Kind != ConfigKind.Text)
                report.Add(path, node, $"is {node.KindName}, not a text", "Write a model's name in quotes, or \"\" for none");
            else if (node.Text.Length > 256 || node.Text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)))
                report.Add(path, node, "is longer than 256 characters or has blanks in it", "Write a model's name as agents ask for it, such as claude-sonnet-4-5");
            else if (!models.TryAdd(harness.Name, node.Text))
                report.Add(path, node, $"names the harness {harness.Name} a second time", "Keep one of them");
        }

        return models.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static CodexRefreshConfig CodexRefresh(ConfigSection section)
    {
        var scopes = section.Texts("scopes").Select(static scope => scope.Text).ToImmutableArray();
        var refresh = new CodexRefreshConfig
        {
            Enabled = section.Bool("enabled", absent: true),
            TokenUrl = TokenUrl(section),
            Scopes = section.Node("scopes") is null ? null : scopes,
            VendorLimit = section.Seconds("vendorSeconds", TimeSpan.FromSeconds(10), 0.1, 60),
            WaitLimit = section.Seconds("waitSeconds", TimeSpan.FromSeconds(30), 0.1, 300),
        };
        section.Finish();
        return refresh;
    }

    // Refresh tokens are sent there: in clear only to this machine itself.
    private static Uri? TokenUrl(ConfigSection section)
    {
        if (section.Text("tokenUrl") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { UserInfo: "", Fragment: "" }
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))) return address;
        section.Fault("tokenUrl", "is no https address", "Write an address such as https://auth.openai.com/oauth/token, or leave it out for the vendor's own");
        return null;
    }

    private static string Meant(string name)
    {
        var known = HarnessCatalog.Embedded.All.Select(static h => h.Name).ToList();
        return NearestNames.Suggest(name, known) is { } meant ? $"Did you mean '{meant}'?" : $"Write one of {string.Join(", ", known)}";
    }
}
