namespace Gatehouse.Clients.Setups;

/// <summary>The form of a snippet that a person pastes.</summary>
public enum SnippetFormat
{
    /// <summary><c>KEY=value</c> lines, as files of variables have them.</summary>
    Env,

    /// <summary>The client's settings file in JSON.</summary>
    Json,

    /// <summary>The client's settings file in TOML.</summary>
    Toml,

    /// <summary>Commands for a POSIX shell, to be evaluated.</summary>
    Shell,

    /// <summary>Instructions for a person.</summary>
    Text,
}
