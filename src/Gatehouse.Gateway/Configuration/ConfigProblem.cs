using System.Collections.Immutable;

namespace Gatehouse.Gateway.Configuration;

/// <summary>One fault of the configuration, in words that say how to mend it. Holds no values that might be secret.</summary>
/// <param name="Path">The key, such as <c>providers.local.endpoints</c>; empty for the file as a whole.</param>
/// <param name="What">What is wrong, as the rest of a sentence that begins with the key.</param>
/// <param name="Fix">What to do.</param>
/// <param name="Line">The line in the file, from 1; null when it does not come from a line.</param>
/// <param name="Origin">Where the value comes from when not from the file: an environment variable or the command line.</param>
public sealed record ConfigProblem(string Path, string What, string Fix, int? Line = null, string? Origin = null)
{
    /// <summary><c>key.path: what is wrong. Fix. (line 3)</c>.</summary>
    public override string ToString()
    {
        var place = Origin is not null ? $" (from {Origin})" : Line is { } line ? $" (line {line})" : "";
        var end = Fix.EndsWith('?') ? "" : ".";
        return $"{(Path.Length == 0 ? "configuration" : Path)}: {What}. {Fix}{end}{place}";
    }
}

/// <summary>What loading a configuration came to: a configuration, or every fault that was found, never both.</summary>
/// <param name="Config">The configuration; null when there are problems.</param>
/// <param name="Problems">The faults in the order of the file.</param>
public sealed record ConfigResult(GatehouseConfig? Config, ImmutableArray<ConfigProblem> Problems);
