using System.Buffers;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// Takes the text out of <c>{"input":"…"}</c> while it is streamed, in pieces cut anywhere: what a free-form tool gets, carried as a function with
/// one string argument. The text is handed on still escaped, never cut inside an escape or a surrogate pair. One per call, not thread-safe.
/// </summary>
internal sealed class StringArgument : IDisposable
{
    private static readonly SearchValues<byte> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static value => (byte)value), (byte)'"', (byte)'\\']);

    private readonly PooledBuffer _all = new();
    private State _state;
    private int _at;

    private enum State : byte
    {
        /// <summary>The text has not begun.</summary>
        Before,

        /// <summary>Inside the text.</summary>
        Inside,

        /// <summary>The text is over.</summary>
        Over,
    }

    /// <summary>The name of the argument.</summary>
    public static ReadOnlySpan<byte> Name => "input"u8;

    /// <summary>Takes a piece of the arguments, unescaped once, and appends what it adds to the text, escaped as it stood.</summary>
    public void Add(ReadOnlySpan<byte> piece, PooledBuffer text)
    {
        _all.Append(piece);
        if (_state == State.Before) FindText();
        if (_state == State.Inside) HandOn(text);
    }

    /// <summary>
    /// The arguments are over: appends what the text still lacks. Where they were not of the form asked for, everything is handed on: a JSON string's
    /// content, the only string of an object, else the arguments as they are.
    /// </summary>
    public void End(PooledBuffer text)
    {
        // Cut off inside the text: half an escape is no text.
        if (_state != State.Before) return;
        if (!JsonView.TryParse(_all.Written, out var view))
        {
            JsonText.WriteEscaped(text, _all.Written);
            return;
        }

        var only = view.IsObject ? Only(view) : view;
        if (only.IsString) text.Append(only.Escaped);
        else if (!(view.IsObject && view.IsEmpty)) JsonText.WriteEscaped(text, _all.Written);
    }

    /// <inheritdoc/>
    public void Dispose() => _all.Dispose();

    private static JsonView Only(JsonView view)
    {
        if (view[Name].IsString) return view[Name];
        var found = default(JsonView);
        var count = 0;
        foreach (var member in view.Members)
        {
            if (++count == 1) found = member.Value;
        }

        return count == 1 ? found : default;
    }

    /// <summary>Looks for <c>{"input":"</c> at the start, which is where it stands when the model does as it is told. Anything else waits for the end.</summary>
    private void FindText()
    {
        var all = _all.Written;
        var at = 0;
        if (!Take(all, ref at, (byte)'{') || !Take(all, ref at, (byte)'"')) return;
        if (all.Length - at < Name.Length) return;
        if (!all[at..].StartsWith(Name)) return;
        at += Name.Length;
        if (at >= all.Length || all[at++] != '"') return;
        if (!Take(all, ref at, (byte)':') || !Take(all, ref at, (byte)'"')) return;
        _state = State.Inside;
        _at = at;
    }

    private static bool Take(ReadOnlySpan<byte> all, ref int at, byte wanted)
    {
        while (at < all.Length && all[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
        return at < all.Length && all[at++] == wanted;
    }

    /// <summary>Hands on the text as far as it is there. What JSON forbids inside a string, but models write, is mended.</summary>
    private void HandOn(PooledBuffer text)
    {
        var all = _all.Written;
        while (_at < all.Length)
        {
            var run = all[_at..].IndexOfAny(Special);
            run = run < 0 ? all.Length - _at : run;
            text.Append(all.Slice(_at, run));
            _at += run;
            if (_at == all.Length) return;
            if (all[_at] == '"')
            {
                _state = State.Over;
                return;
            }

            if (all[_at] != '\\')
            {
                JsonText.WriteEscaped(text, all.Slice(_at++, 1));
                continue;
            }

            var length = EscapeLength(all[_at..]);
            if (length == 0) return;
            if (JsonText.IsEscape(all.Slice(_at, length))) text.Append(all.Slice(_at, length));
            else JsonText.WriteEscaped(text, all.Slice(_at, length));
            _at += length;
        }
    }

    /// <summary>The length of the escape at the start, a pair of surrogates together; 0 when not all of it is there yet.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2) return 0;
        if (text[1] != 'u') return 2;
        if (text.Length < 6) return 0;
        var isHighSurrogate = text[2] is (byte)'d' or (byte)'D' && text[3] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b' or (byte)'A' or (byte)'B';
        if (!isHighSurrogate) return 6;
        if (text.Length == 6) return 0;
        if (text[6] != '\\') return 6;
        if (text.Length == 7) return 0;
        if (text[7] != 'u') return 6;
        return text.Length < 12 ? 0 : 12;
    }
}
