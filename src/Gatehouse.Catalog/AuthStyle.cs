namespace Gatehouse.Catalog;

/// <summary>How a provider wants its credential presented.</summary>
public enum AuthStyle : byte
{
    /// <summary><c>Authorization: Bearer KEY</c>.</summary>
    Bearer,

    /// <summary><c>x-api-key: KEY</c>.</summary>
    XApiKey,

    /// <summary><c>api-key: KEY</c>.</summary>
    ApiKey,

    /// <summary>None: a local server without keys.</summary>
    None,
}

/// <summary>The names of the auth styles as they stand in configuration and in the catalog's data.</summary>
public static class AuthStyleNames
{
    /// <summary>Every name, in the order of the styles' numbers.</summary>
    public static IReadOnlyList<string> All { get; } = ["bearer", "x-api-key", "api-key", "none"];

    /// <summary>The configuration name of a style.</summary>
    public static string Name(this AuthStyle style) => All[(int)style];

    /// <summary>Reads a configuration name; false when it names no style.</summary>
    public static bool TryParse(string? name, out AuthStyle style)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] != name) continue;
            style = (AuthStyle)i;
            return true;
        }

        style = default;
        return false;
    }
}
