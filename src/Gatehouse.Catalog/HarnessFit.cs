using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Catalog;

/// <summary>The two dialects in which a harness is served by a host.</summary>
/// <param name="Client">What the harness speaks.</param>
/// <param name="Upstream">What the host is spoken to in; the same when nothing is translated.</param>
public readonly record struct HarnessFit(Dialect Client, Dialect Upstream)
{
    /// <summary>
    /// How a host that speaks certain dialects serves a harness: in a dialect of both, the harness's best first, else by a translation; null
    /// when neither exists.
    /// </summary>
    public static HarnessFit? Between(Harness harness, IEnumerable<Dialect> upstream)
    {
        var spoken = upstream.ToList();
        foreach (var client in harness.Dialects)
        {
            if (spoken.Contains(client)) return new HarnessFit(client, client);
        }
        foreach (var client in harness.Dialects)
        {
            foreach (var other in spoken)
            {
                if (EdgeSet.Find(client, other) is not null) return new HarnessFit(client, other);
            }
        }
        return null;
    }
}
