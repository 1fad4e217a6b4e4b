using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// The tool calls of one turn, by the ids that the upstream gets, and which of them have their results. A result may be taken once, and be
/// passed over once when the turn's other content is written. Not thread-safe.
/// </summary>
internal sealed class CallBook : IDisposable
{
    private readonly PooledBuffer _ids = new();
    private readonly List<Entry> _calls = [];

    private enum Place : byte
    {
        Open,
        Answered,
        PassedOver,
    }

    /// <summary>How many calls the turn has.</summary>
    public int Count => _calls.Count;

    /// <summary>Begins another turn.</summary>
    public void Clear()
    {
        _ids.Clear();
        _calls.Clear();
    }

    /// <summary>Notes a call.</summary>
    public void Add(ReadOnlySpan<byte> id)
    {
        _calls.Add(new Entry(_ids.Length, id.Length, Place.Open));
        _ids.Append(id);
    }

    /// <summary>Takes a result; false when no call of this turn waits for it.</summary>
    public bool TryAnswer(ReadOnlySpan<byte> id) => TryMove(id, Place.Open, Place.Answered);

    /// <summary>Passes over a result that was taken before; false when it was not, so that it belongs to nobody.</summary>
    public bool TryPassOver(ReadOnlySpan<byte> id) => TryMove(id, Place.Answered, Place.PassedOver);

    /// <summary>The id of a call that has no result; empty for one that has.</summary>
    public ReadOnlySpan<byte> Unanswered(int call) => _calls[call].Place == Place.Open ? Id(call) : default;

    /// <inheritdoc/>
    public void Dispose() => _ids.Dispose();

    private ReadOnlySpan<byte> Id(int call) => _ids.Written.Slice(_calls[call].Start, _calls[call].Length);

    private bool TryMove(ReadOnlySpan<byte> id, Place from, Place to)
    {
        for (var call = 0; call < _calls.Count; call++)
        {
            if (_calls[call].Place != from || !Id(call).SequenceEqual(id)) continue;
            _calls[call] = _calls[call] with { Place = to };
            return true;
        }

        return false;
    }

    private readonly record struct Entry(int Start, int Length, Place Place);
}
