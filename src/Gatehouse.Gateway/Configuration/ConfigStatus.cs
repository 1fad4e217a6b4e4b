using System.Collections.Immutable;

namespace Gatehouse.Gateway.Configuration;

/// <summary>How the configuration stands: for the log, the status command and a metric. Immutable.</summary>
public sealed record ConfigStatus
{
    /// <summary>The file that is read and watched.</summary>
    public required ConfigLocation Location { get; init; }

    /// <summary>Whether the configuration in force came from the file; false while there is none and defaults hold.</summary>
    public bool FromFile { get; init; }

    /// <summary>When the configuration in force was loaded.</summary>
    public DateTimeOffset LoadedAt { get; init; }

    /// <summary>How many times a changed file was taken over.</summary>
    public int Reloads { get; init; }

    /// <summary>How many times a changed file was bad and the configuration in force was kept.</summary>
    public int FailedReloads { get; init; }

    /// <summary>What is wrong with the file as it stands now; empty when it is the configuration in force.</summary>
    public ImmutableArray<ConfigProblem> Problems { get; init; } = [];

    /// <summary>Keys whose new value takes effect only after a restart.</summary>
    public ImmutableArray<string> NeedsRestart { get; init; } = [];

    /// <summary>The problems in one text; null when there are none.</summary>
    public string? LastError => Problems.IsEmpty ? null : string.Join(Environment.NewLine, Problems);
}
