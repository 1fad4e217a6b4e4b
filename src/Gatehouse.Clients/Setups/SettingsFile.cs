using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Setups;

/// <summary>What a settings file is to a client.</summary>
public enum SettingsRole
{
    /// <summary>The person's own: the one that is written unless asked otherwise.</summary>
    Person,

    /// <summary>One project's, kept out of version control: written with <c>--project</c>.</summary>
    Project,

    /// <summary>One project's, shared through version control: a token must never stand there.</summary>
    Shared,

    /// <summary>The machine's, put there by who manages it: stronger than all others.</summary>
    Managed,

    /// <summary>The client's own state, which it writes itself.</summary>
    State,

    /// <summary>A former place, which the client still reads.</summary>
    Former,
}

/// <summary>One file that a client takes settings from.</summary>
/// <param name="Path">Where it lies, whether or not it exists.</param>
/// <param name="Syntax">Its language.</param>
/// <param name="Role">What it is.</param>
internal sealed record SettingsFile(string Path, ConfigSyntax Syntax, SettingsRole Role);
