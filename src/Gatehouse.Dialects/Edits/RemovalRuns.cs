using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Edits;

/// <summary>
/// Turns the removed members of one object or array into byte ranges that leave legal JSON: a run of them goes with the comma in front
/// when something kept stands before it, else with the comma behind, and a container that loses everything loses its white space too.
/// </summary>
internal struct RemovalRuns(int opener, BodyEdits edits)
{
    private readonly int _opener = opener;
    private readonly BodyEdits _edits = edits;
    private int _keptEnd = -1;
    private int _runStart = -1;
    private int _runEnd;

    /// <summary>A member that stays.</summary>
    public void Keep(int start, int end)
    {
        if (_runStart >= 0)
            Cut(_keptEnd >= 0 ? _keptEnd : _runStart, _keptEnd >= 0 ? _runEnd : start);
        _runStart = -1;
        _keptEnd = end;
    }

    /// <summary>A member that goes.</summary>
    public void Remove(int start, int end)
    {
        if (_runStart < 0)
            _runStart = start;
        _runEnd = end;
    }

    /// <summary>The closing bracket.</summary>
    public readonly void End(int closer)
    {
        if (_runStart >= 0)
            Cut(_keptEnd >= 0 ? _keptEnd : _opener + 1, _keptEnd >= 0 ? _runEnd : closer);
    }

    private readonly void Cut(int start, int end) => _edits.Replace(new ByteRange(start, end - start), default);
}
