using System.Globalization;
using System.Text;
using Gatehouse.Dialects;

namespace Gatehouse.Catalog;

/// <summary>To whom usage at an endpoint of a person's own is put down: one name for it in ids, and one for people.</summary>
/// <param name="Id">Lower case, letters, digits and hyphens, such as <c>anthropic-alt-example</c>.</param>
/// <param name="Name">Its name for people, such as <c>Anthropic Alt Example</c>.</param>
public sealed record ProviderAttribution(string Id, string Name)
{
    private const string Fallback = "custom-provider";
    private const int LongestId = 100;

    /// <summary>
    /// Finds it: the id that the settings name; else the preset that speaks the dialect at that address; else the host's name. The name for people is the
    /// settings' own, the preset's, or the id in words.
    /// </summary>
    /// <param name="catalog">The presets to look in.</param>
    /// <param name="dialect">The dialect that the endpoint is spoken to in.</param>
    /// <param name="baseAddress">Its base address.</param>
    /// <param name="providerId">The settings' <c>providerId</c>, or null.</param>
    /// <param name="providerName">The settings' <c>providerName</c>, or null.</param>
    public static ProviderAttribution Of(
        ProviderCatalog catalog, Dialect dialect, Uri baseAddress, string? providerId = null, string? providerName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(baseAddress);
        var named = Slug(providerId ?? "");
        var preset = named.Length > 0 ? catalog.FindPreset(named) : FindPreset(catalog, dialect, baseAddress);
        var id = named.Length > 0 ? named : preset?.Name ?? Slug(HostName(baseAddress));
        if (id.Length == 0) id = Fallback;
        var name = string.IsNullOrWhiteSpace(providerName) ? preset?.Label ?? Words(id) : providerName.Trim();
        return new ProviderAttribution(id, name);
    }

    private static Preset? FindPreset(ProviderCatalog catalog, Dialect dialect, Uri address)
    {
        var wanted = Normal(address);
        foreach (var preset in catalog.Presets)
        {
            foreach (var endpoint in preset.Endpoints)
            {
                if (endpoint.Dialect == dialect && Normal(endpoint.BaseAddress) == wanted) return preset;
            }
        }

        return null;
    }

    /// <summary>Scheme and host in lower case, no user, query, fragment or trailing slash.</summary>
    private static string Normal(Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    private static string HostName(Uri address) =>
        address.IdnHost.StartsWith("api.", StringComparison.OrdinalIgnoreCase) ? address.IdnHost["api.".Length..] : address.IdnHost;

    private static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        if (slug.Length > LongestId) slug.Length = LongestId;
        return slug.ToString().Trim('-');
    }

    private static string Words(string id) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(id.Replace('-', ' '));
}
