using System.Collections.Immutable;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Collects every fault while a configuration is read, and the keys that reading knows, by which its documentation is tested.</summary>
internal sealed class ConfigReport
{
    private readonly List<ConfigProblem> _problems = [];

    /// <summary>The keys that were asked for so far, with <c>*</c> in place of names a person chose and <c>[]</c> for list elements.</summary>
    public SortedSet<string> KnownKeys { get; } = new(StringComparer.Ordinal);

    public bool HasProblems => _problems.Count > 0;

    /// <summary>The faults: those of the file by line, then the others as found.</summary>
    public ImmutableArray<ConfigProblem> Problems => [.. _problems.OrderBy(p => p.Line ?? int.MaxValue)];

    public void Add(string path, ConfigNode? node, string what, string fix) =>
        _problems.Add(new ConfigProblem(path, what, fix, node?.Line, node?.Origin));

    public void Add(ConfigProblem problem) => _problems.Add(problem);
}
