using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// Reads a provider's <c>auth</c>, and holds one that is called with the login of the <c>claude</c> program to its conditions: the vendor's own address,
/// and a gateway that this machine alone can reach. That there is one user only is stored, and so looked at when the server starts and ever after.
/// </summary>
/// <param name="catalog">Knows the vendor's address.</param>
/// <param name="listen">What is listened on.</param>
/// <param name="hosts">The names that callers may use besides.</param>
internal sealed class ClaudeLoginReader(ProviderCatalog catalog, ImmutableArray<ListenAddress> listen, ImmutableArray<string> hosts)
{
    /// <summary>The value of <c>auth</c> that switches it on.</summary>
    public const string Word = "claude-login";

    /// <summary>The vendor's preset.</summary>
    public const string PresetName = "anthropic";

    /// <summary>Whether the section asks for it.</summary>
    public static bool Reads(ConfigSection provider)
    {
        var word = provider.Text("auth");
        if (word is not (null or "key" or Word))
            provider.Fault("auth", $"is neither \"key\" nor \"{Word}\"", "Write one of them; how a key is presented stands with the endpoint");
        return word == Word;
    }

    /// <summary>Reports what stands against it.</summary>
    public void Judge(ConfigSection provider, Preset? preset, FrozenDictionary<Dialect, ProviderEndpoint> endpoints, bool allowPrivate)
    {
        foreach (var key in (string[])["apiKeyEnv", "program"])
        {
            if (provider.Node(key) is not null)
                provider.Fault(key, $"has no place beside \"auth\": \"{Word}\"", "Take one of the two out; an API key in ANTHROPIC_API_KEY or in the vault goes before the login");
        }

        if (preset is not null && preset.Name != PresetName)
            provider.Fault("auth", $"is \"{Word}\", and the login of the claude program counts at {PresetName} alone", "Take it out");
        else if (endpoints.Values.Any(endpoint => !IsVendors(endpoint, allowPrivate)))
            provider.Fault("auth", $"is \"{Word}\", and the login of the claude program goes to the vendor's own address alone", "Take endpoints out, or auth");
        if (!listen.All(static address => address.IsLoopback))
            provider.Fault("auth", $"is \"{Word}\" while an address is listened on that other machines can reach, and the login is one person's", "Listen on loopback addresses only (a running server does after a restart), or use an API key");
        else if (hosts.Any(static host => !IsOwn(host)))
            provider.Fault("auth", $"is \"{Word}\" while allowedHosts lets callers in by other names than this machine's own, and the login is one person's", "Empty allowedHosts, or use an API key");
    }

    // A loopback address is a simulated vendor on this machine.
    private bool IsVendors(ProviderEndpoint endpoint, bool allowPrivate) =>
        catalog.FindPreset(PresetName)!.Endpoints.Any(own => own.Dialect == endpoint.Dialect && own.BaseAddress == endpoint.BaseAddress)
        || (endpoint.Dialect == Dialect.Anthropic && allowPrivate && endpoint.BaseAddress.IsLoopback);

    private static bool IsOwn(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
