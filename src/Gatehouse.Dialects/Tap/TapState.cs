using Gatehouse.Dialects.Facts;

namespace Gatehouse.Dialects.Tap;

/// <summary>What a tap has seen of one answer. Owned by its <see cref="ResponseTap"/>, filled by the dialects' readers.</summary>
internal sealed class TapState
{
    /// <summary>The facts so far.</summary>
    public ResponseFacts Facts { get; } = new();

    /// <summary>Whether the answer is complete.</summary>
    public bool SawTerminal { get; set; }

    /// <summary>Whether the upstream reported an error.</summary>
    public bool SawError { get; set; }

    /// <summary>Whether model output was seen.</summary>
    public bool SawContent { get; set; }

    /// <summary>The highest sequence number, or -1.</summary>
    public long LastSequenceNumber { get; set; } = -1;

    /// <summary>Forgets everything, for another answer.</summary>
    public void Clear(Dialect dialect)
    {
        Facts.Clear();
        Facts.Usage.InputIncludesCache = dialect != Dialect.Anthropic;
        SawTerminal = SawError = SawContent = false;
        LastSequenceNumber = -1;
    }
}
