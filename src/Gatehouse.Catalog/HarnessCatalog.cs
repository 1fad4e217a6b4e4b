using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gatehouse.Catalog;

/// <summary>The harnesses that come with the program. Read and checked on first use; immutable, any thread may read it.</summary>
public sealed class HarnessCatalog
{
    private static readonly Lazy<HarnessCatalog> _embedded = new(HarnessReader.ReadEmbedded);
    private readonly FrozenDictionary<string, Harness> _byName;

    internal HarnessCatalog(ImmutableArray<Harness> harnesses)
    {
        All = harnesses;
        _byName = harnesses.SelectMany(one => one.Aliases.Append(one.Name).Select(name => (name, one)))
            .ToFrozenDictionary(pair => pair.name, pair => pair.one, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The catalog embedded in this assembly.</summary>
    /// <exception cref="InvalidOperationException">The embedded data is at fault: every fault is named. A test keeps that from
    /// shipping.</exception>
    public static HarnessCatalog Embedded => _embedded.Value;

    /// <summary>Every harness, in the order in which they are shown.</summary>
    public ImmutableArray<Harness> All { get; }

    /// <summary>The harness of a name or alias, upper and lower case alike; null when there is none.</summary>
    public Harness? Find(string name) => _byName.GetValueOrDefault(name);
}
