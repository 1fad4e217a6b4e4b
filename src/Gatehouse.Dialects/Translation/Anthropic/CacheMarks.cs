using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Places cache breakpoints (<c>cache_control</c>) in a request to an Anthropic upstream, for clients that have no such notion: behind the tools, behind the
/// system text, and behind the last block of the last two of the user's turns, four in all. A turn's mark is still there on the next turn, so what was
/// written is found again. The client's own marks win: once one is noted nothing else is placed. One per request, not thread-safe.
/// </summary>
/// <param name="output">The body that is being written.</param>
/// <param name="isUseful">Whether the upstream understands marks.</param>
internal sealed class CacheMarks(PooledBuffer output, bool isUseful)
{
    /// <summary>The most marks that Anthropic takes.</summary>
    public const int Most = 4;

    private readonly List<Mark> _own = [];
    private int _tools;
    private int _system;
    private int _block;
    private int _turn;
    private int _turnBefore;

    private static ReadOnlySpan<byte> Short => ",\"cache_control\":{\"type\":\"ephemeral\"}"u8;

    private static ReadOnlySpan<byte> Long => ",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}"u8;

    /// <summary>Whether nothing is placed but the client's own marks, even when there are none.</summary>
    public bool OnlyOwn { get; set; }

    /// <summary>A tool definition was just closed.</summary>
    public void AfterTool() => _tools = Inside;

    /// <summary>A block of the system text was just closed.</summary>
    public void AfterSystem() => _system = Inside;

    /// <summary>A block of the user's was just closed; one that may bear a mark.</summary>
    public void AfterUserBlock() => _block = Inside;

    /// <summary>A turn of the user's is over.</summary>
    public void AfterUserTurn()
    {
        if (_block == 0) return;
        (_turnBefore, _turn, _block) = (_turn, _block, 0);
    }

    /// <summary>The client marked the block that was just closed.</summary>
    /// <param name="isLong">Whether it shall be kept for an hour instead of five minutes.</param>
    public void AfterOwnMark(bool isLong) => _own.Add(new Mark(Inside, isLong));

    /// <summary>Puts the marks in. To be called once, when the whole body is written.</summary>
    public void Place()
    {
        if (!isUseful) return;
        if (_own.Count > 0)
        {
            PlaceOwn();
            return;
        }

        if (OnlyOwn) return;
        // From the back, so that the places before stay where they are.
        Insert(_turn, Short);
        Insert(_turnBefore, Short);
        Insert(_system, Short);
        Insert(_tools, Short);
    }

    /// <summary>The place before the bracket that was just written.</summary>
    private int Inside => output.Length - 1;

    private void PlaceOwn()
    {
        var isLong = false;
        // The first of too many are the least useful: what lies behind them is cached by the later ones as well.
        for (var at = _own.Count - 1; at >= Math.Max(0, _own.Count - Most); at--)
        {
            // Anthropic refuses an hour's mark behind one of five minutes.
            isLong |= _own[at].IsLong;
            Insert(_own[at].At, isLong ? Long : Short);
        }
    }

    private void Insert(int at, ReadOnlySpan<byte> mark)
    {
        if (at > 0) output.Insert(at, mark);
    }

    private readonly record struct Mark(int At, bool IsLong);
}
