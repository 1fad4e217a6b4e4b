using System.Collections.Immutable;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Integrations;

/// <summary>One file of a plan, as it is shown.</summary>
/// <param name="Path">The file.</param>
/// <param name="Changes">Whether it changes at all.</param>
/// <param name="Diff">The difference in the unified form, without secrets; empty when only who may read it changes.</param>
public sealed record FilePreview(string Path, bool Changes, string Diff);

/// <summary>
/// What is to be done to a client's files, worked out on the files as they are now. Nothing is written before it is committed, and it is
/// refused when a file was changed meanwhile. Immutable.
/// </summary>
public sealed class IntegrationPlan
{
    /// <summary>The client.</summary>
    public required Client Client { get; init; }

    /// <summary>The settings file.</summary>
    public required string Path { get; init; }

    /// <summary>Why nothing can be done, for a person; null when it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>The files, the settings first. Our own notes are not among them.</summary>
    public ImmutableArray<FilePreview> Files { get; init; } = [];

    /// <summary>What a person should know.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>What a restore leaves as it is, each with its reason.</summary>
    public ImmutableArray<string> LeftAlone { get; init; } = [];

    /// <summary>The access token that was made for these settings and is not needed when they are given back; null for none.</summary>
    public Guid? TokenId { get; init; }

    /// <summary>Whether anything changes.</summary>
    public bool IsNeeded => Refusal is null && Changes.Any(change => change.IsNeeded);

    /// <summary>Everything that is written, the notes included.</summary>
    internal IReadOnlyList<FileChange> Changes { get; init; } = [];

    /// <summary>The permission bits that the settings file gets back; null to keep those that it has.</summary>
    internal UnixFileMode? Mode { get; init; }

    /// <summary>Whether the file carried our marks before, so that it is no original.</summary>
    internal bool WasOurs { get; init; }

    /// <summary>Whether the file is given back, so that its original is needed no more.</summary>
    internal bool GivesBack { get; init; }

    /// <summary>A plan that can't be carried out.</summary>
    internal static IntegrationPlan Refused(Client client, string path, string reason) => new() { Client = client, Path = path, Refusal = reason };
}

/// <summary>A file that was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Changed">Whether anything was written; false when it was as wanted.</param>
/// <param name="BackupPath">The copy of what was there before; null when there was nothing, or it is not needed.</param>
public sealed record SavedFile(string Path, bool Changed, string? BackupPath);

/// <summary>What committing a plan came to.</summary>
/// <param name="Refusal">Why nothing was written; null when all was.</param>
/// <param name="Files">What was done to each file of the plan.</param>
/// <param name="Notes">What a person should know: an earlier operation that was finished first.</param>
public sealed record IntegrationOutcome(string? Refusal, IReadOnlyList<SavedFile> Files, IReadOnlyList<string> Notes);

/// <summary>A copy of a settings file that was made before a change.</summary>
/// <param name="Path">The copy.</param>
/// <param name="Of">The settings file.</param>
/// <param name="MadeAt">When.</param>
public sealed record SettingsBackup(string Path, string Of, DateTimeOffset MadeAt);

/// <summary>One key of a settings file that is to be mended.</summary>
/// <param name="Key">The key, such as <c>env.ANTHROPIC_BASE_URL</c>.</param>
/// <param name="Text">What it is to say; null when it is to be gone.</param>
public sealed record SettingChange(string Key, string? Text);
