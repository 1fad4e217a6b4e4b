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
