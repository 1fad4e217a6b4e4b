namespace Gatehouse.Dialects.Translation;

/// <summary>
/// A way in which something could not be carried over: left out, or approximated. Disclosed by its id in the <c>x-gatehouse-losses</c>
/// header, the ledger's row and the metrics; described by a row of the edge's page in docs/dialects.
/// </summary>
/// <param name="Id">A short word, such as <c>top_k</c>, <c>thinking.signature</c> or <c>tools.strict</c>: the field at fault, never content of a request.</param>
/// <param name="Description">What happens to it, in one sentence.</param>
public sealed record Loss(string Id, string Description);

/// <summary>The losses of one attempt, each once, in the order in which they were met. Not thread-safe.</summary>
public sealed class LossList
{
    private readonly List<Loss> _all = [];

    /// <summary>Each loss once.</summary>
    public IReadOnlyList<Loss> All => _all;

    /// <summary>Notes a loss.</summary>
    public void Add(Loss loss)
    {
        foreach (var known in _all)
        {
            if (ReferenceEquals(known, loss)) return;
        }

        _all.Add(loss);
    }

    /// <summary>The ids, separated by commas, cut at a whole id to a length in characters; null when nothing was lost.</summary>
    public string? Joined(int longest)
    {
        if (_all.Count == 0) return null;
        var text = new System.Text.StringBuilder();
        foreach (var loss in _all)
        {
            if (text.Length + loss.Id.Length + 5 > longest) return text.Append(text.Length > 0 ? ",..." : "...").ToString();
            if (text.Length > 0) text.Append(',');
            text.Append(loss.Id);
        }

        return text.ToString();
    }
}
