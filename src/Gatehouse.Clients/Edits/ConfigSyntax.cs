namespace Gatehouse.Clients.Edits;

/// <summary>The languages that clients' configuration files are written in.</summary>
internal enum ConfigSyntax
{
    /// <summary>JSON, with comments and trailing commas where they stand already. We never add one to a file.</summary>
    Json,

    /// <summary>TOML 1.0.</summary>
    Toml,
}
