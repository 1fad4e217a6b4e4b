using System.Runtime.InteropServices;
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
        _calls.Add(new Entry(_ids.Length, id.Length, Place.Open, 0));
        _ids.Append(id);
    }

    /// <summary>Takes a result out of the message at this place; false when no call of this turn waits for it.</summary>
    public bool TryAnswer(ReadOnlySpan<byte> id, int message)
    {
        var call = Find(id, Place.Open);
        if (call >= 0) _calls[call] = _calls[call] with { Place = Place.Answered, Message = message };
        return call >= 0;
    }

    /// <summary>Whether a result was taken out of the message at this place.</summary>
    public bool IsAnswered(ReadOnlySpan<byte> id, int message)
    {
        foreach (ref readonly var call in CollectionsMarshal.AsSpan(_calls))
        {
            if (call.Place != Place.Open && call.Message == message && _ids.Written.Slice(call.Start, call.Length).SequenceEqual(id)) return true;
        }

        return false;
    }

    /// <summary>Passes over a result that was taken out of this message before; false when it was not, so that it belongs to nobody.</summary>
    public bool TryPassOver(ReadOnlySpan<byte> id, int message)
    {
        var call = Find(id, Place.Answered);
        if (call < 0 || _calls[call].Message != message) return false;
        _calls[call] = _calls[call] with { Place = Place.PassedOver };
        return true;
    }

    /// <summary>The id of a call that has no result; empty for one that has.</summary>
    public ReadOnlySpan<byte> Unanswered(int call) => _calls[call].Place == Place.Open ? Id(call) : default;

    /// <inheritdoc/>
    public void Dispose() => _ids.Dispose();

    private ReadOnlySpan<byte> Id(int call) => _ids.Written.Slice(_calls[call].Start, _calls[call].Length);

    private int Find(ReadOnlySpan<byte> id, Place place)
    {
        for (var call = 0; call < _calls.Count; call++)
        {
            if (_calls[call].Place == place && Id(call).SequenceEqual(id)) return call;
        }

        return -1;
    }

    private readonly record struct Entry(int Start, int Length, Place Place, int Message);
}
