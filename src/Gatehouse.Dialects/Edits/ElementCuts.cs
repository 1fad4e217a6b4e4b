using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Edits;

/// <summary>
/// Takes elements out of one array of a body, with the commas between them. It is told every element in order, and <see cref="Finish"/> at the end.
/// </summary>
internal ref struct ElementCuts(ReadOnlySpan<byte> body, BodyEdits edits)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private int _keptEnd = -1;
    private int _cutStart = -1;
    private int _cutEnd;

    /// <summary>An element that stays.</summary>
    public void Keep(JsonView element)
    {
        var (start, end) = Place(element);
        // Nothing stays before them: they go with the commas behind them.
        if (_cutStart >= 0) Remove(_keptEnd >= 0 ? _keptEnd : _cutStart, _keptEnd >= 0 ? _cutEnd : start);
        _keptEnd = end;
    }

    /// <summary>An element that something else takes the place of.</summary>
    public void Replace(JsonView element, ReadOnlyMemory<byte> replacement)
    {
        Keep(element);
        var (start, end) = Place(element);
        edits.Replace(new ByteRange(start, end - start), replacement);
    }

    /// <summary>An element that goes.</summary>
    public void Cut(JsonView element)
    {
        var (start, end) = Place(element);
        if (_cutStart < 0) _cutStart = start;
        _cutEnd = end;
    }

    /// <summary>The array is at its end.</summary>
    public void Finish()
    {
        if (_cutStart >= 0) Remove(_keptEnd >= 0 ? _keptEnd : _cutStart, _cutEnd);
    }

    private readonly (int Start, int End) Place(JsonView element)
    {
        _ = _body.Overlaps(element.Raw, out var start);
        return (start, start + element.Raw.Length);
    }

    private void Remove(int start, int end)
    {
        edits.Replace(new ByteRange(start, end - start), ReadOnlyMemory<byte>.Empty);
        _cutStart = -1;
    }
}
