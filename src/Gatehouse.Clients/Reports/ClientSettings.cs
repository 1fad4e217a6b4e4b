using System.Collections.Immutable;
using Gatehouse.Secrets;

namespace Gatehouse.Clients.Reports;

/// <summary>What a settings file says about where its client calls. Nothing in it is judged. Immutable.</summary>
public sealed record ClientSettings
{
    /// <summary>Says nothing.</summary>
    public static ClientSettings None { get; } = new();

    /// <summary>The provider that the client names, where clients name theirs; null when it names none.</summary>
    public string? Provider { get; init; }

    /// <summary>The address that it calls; null when it is left to the client.</summary>
    public SettingValue? BaseAddress { get; init; }

    /// <summary>What it presents. More than one is a fault in most clients.</summary>
    public ImmutableArray<FoundCredential> Credentials { get; init; } = [];

    /// <summary>The models that it asks for, by the setting that says so.</summary>
    public ImmutableArray<SettingValue> Models { get; init; } = [];
}

/// <summary>One setting that was found.</summary>
/// <param name="Path">Its key, such as <c>env.ANTHROPIC_BASE_URL</c>.</param>
/// <param name="Text">What it says.</param>
public sealed record SettingValue(string Path, string Text);

/// <summary>How a client is told its credential.</summary>
public enum CredentialKind
{
    /// <summary>The text itself, sent as a bearer token.</summary>
    Token,

    /// <summary>The text itself, sent in the vendor's own header or as the client sees fit.</summary>
    ApiKey,

    /// <summary>A command whose output it is.</summary>
    Command,

    /// <summary>A file that holds it.</summary>
    File,

    /// <summary>An environment variable that holds it.</summary>
    Variable,
}

/// <summary>A credential that was found.</summary>
/// <param name="Kind">How the client is told it.</param>
/// <param name="Path">The key of the setting.</param>
/// <param name="Source">The command, file or variable; empty where the text stands in the setting itself.</param>
/// <param name="Text">The text itself, where it could be read.</param>
public sealed record FoundCredential(CredentialKind Kind, string Path, string Source, Secret? Text);
