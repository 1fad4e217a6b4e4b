using System.Buffers.Text;
using System.Text;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Writes JSON without white space into a <see cref="PooledBuffer"/>. Commas come by themselves. Strings can be put together from pieces that
/// are still escaped (copied as they are) and plain ones (escaped on the way), because what translations carry over is mostly text that is
/// escaped already. Nesting of what it opens itself is at most 63; values copied raw may nest deeper. Not thread-safe.
/// </summary>
internal sealed class JsonWriter(PooledBuffer output)
{
    private ulong _hasPrevious;
    private int _depth;

    /// <summary>Where it writes.</summary>
    public PooledBuffer Output { get; } = output;

    /// <summary>Forgets open containers, for another document.</summary>
    public void Reset() => (_hasPrevious, _depth) = (0, 0);

    /// <summary>The place that is written at, to come back to it with <see cref="TakeBack"/>.</summary>
    public JsonPlace Here => new(Output.Length, _depth, _hasPrevious);

    /// <summary>Takes back all that was written since a place.</summary>
    public void TakeBack(JsonPlace place)
    {
        Output.Truncate(place.Length);
        (_depth, _hasPrevious) = (place.Depth, place.HasPrevious);
    }

    /// <summary>Opens an object.</summary>
    public void BeginObject() => Open((byte)'{');

    /// <summary>Opens an object as a member's value.</summary>
    public void BeginObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        Open((byte)'{');
    }

    /// <summary>Opens an object whose first members stand there already, up to the colon of one whose value comes next.</summary>
    public void BeginObjectUpTo(ReadOnlySpan<byte> members)
    {
        var room = Output.GetSpan(members.Length + 2);
        var at = 0;
        if ((_hasPrevious & Bit) != 0) room[at++] = (byte)',';
        room[at++] = (byte)'{';
        members.CopyTo(room[at..]);
        Output.Advance(at + members.Length);
        _hasPrevious |= Bit;
        _depth++;
        _hasPrevious &= ~Bit;
    }

    /// <summary>Closes the object.</summary>
    public void EndObject() => Close((byte)'}');

    /// <summary>Opens an array.</summary>
    public void BeginArray() => Open((byte)'[');

    /// <summary>Opens an array as a member's value.</summary>
    public void BeginArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        Open((byte)'[');
    }

    /// <summary>Closes the array.</summary>
    public void EndArray() => Close((byte)']');

    /// <summary>Writes a member's name, which must need no escapes; its value comes next.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        // One request for room instead of four: what a translation writes is to a large part names.
        var room = Output.GetSpan(name.Length + 4);
        var at = 0;
        if ((_hasPrevious & Bit) != 0) room[at++] = (byte)',';
        room[at++] = (byte)'"';
        name.CopyTo(room[at..]);
        at += name.Length;
        room[at++] = (byte)'"';
        room[at++] = (byte)':';
        Output.Advance(at);
        _hasPrevious &= ~Bit;
    }

    /// <summary>Writes a member's name that is still escaped, as it stood in another document.</summary>
    public void EscapedName(ReadOnlySpan<byte> name) => Name(name);

    /// <summary>Writes a string from plain text.</summary>
    public void String(ReadOnlySpan<byte> plain)
    {
        BeginString();
        AppendPlain(plain);
        EndString();
    }

    /// <summary>Writes a string.</summary>
    public void String(string text)
    {
        BeginString();
        AppendPlain(text);
        EndString();
    }

    /// <summary>Writes a member with a string from plain text.</summary>
    public void String(ReadOnlySpan<byte> name, ReadOnlySpan<byte> plain)
    {
        Name(name);
        String(plain);
    }

    /// <summary>Writes a member with a string.</summary>
    public void String(ReadOnlySpan<byte> name, string text)
    {
        Name(name);
        String(text);
    }

    /// <summary>Writes a string whose content is escaped already, or needs no escapes.</summary>
    public void EscapedString(ReadOnlySpan<byte> content)
    {
        var room = Output.GetSpan(content.Length + 3);
        var at = 0;
        if ((_hasPrevious & Bit) != 0) room[at++] = (byte)',';
        room[at++] = (byte)'"';
        content.CopyTo(room[at..]);
        at += content.Length;
        room[at++] = (byte)'"';
        Output.Advance(at);
        _hasPrevious |= Bit;
    }

    /// <summary>Writes a member with a string whose content is escaped already.</summary>
    public void EscapedString(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        var room = Output.GetSpan(name.Length + content.Length + 6);
        var at = 0;
        if ((_hasPrevious & Bit) != 0) room[at++] = (byte)',';
        room[at++] = (byte)'"';
        name.CopyTo(room[at..]);
        at += name.Length;
        "\":\""u8.CopyTo(room[at..]);
        at += 3;
        content.CopyTo(room[at..]);
        at += content.Length;
        room[at++] = (byte)'"';
        Output.Advance(at);
        _hasPrevious |= Bit;
    }

    /// <summary>Begins a string that is put together from pieces; nothing but <c>Append…</c> may follow until <see cref="EndString"/>.</summary>
    public void BeginString()
    {
        Separate();
        Output.Append((byte)'"');
    }

    /// <summary>Adds plain text to the string at hand.</summary>
    public void AppendPlain(ReadOnlySpan<byte> plain) => JsonText.WriteEscaped(Output, plain);

    /// <summary>Adds text to the string at hand.</summary>
    public void AppendPlain(string text)
    {
        Span<byte> few = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(text, few, out var written)) AppendPlain(few[..written]);
        else AppendPlain(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds content that is escaped already to the string at hand.</summary>
    public void AppendEscaped(ReadOnlySpan<byte> content) => Output.Append(content);

    /// <summary>Ends the string at hand.</summary>
    public void EndString() => Output.Append((byte)'"');

    /// <summary>Copies a value as it is.</summary>
    public void Raw(ReadOnlySpan<byte> value)
    {
        Separate();
        Output.Append(value);
    }

    /// <summary>Copies a member's value as it is.</summary>
    public void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Raw(value);
    }

    /// <summary>Copies a value as it is.</summary>
    public void Raw(JsonView value) => Raw(value.Raw);

    /// <summary>Copies a member's value as it is; writes nothing at all when there is none.</summary>
    public void RawIfPresent(ReadOnlySpan<byte> name, JsonView value)
    {
        if (value.Exists) Raw(name, value.Raw);
    }

    /// <summary>Copies members that stand one after the other, commas between them, into the object at hand.</summary>
    public void RawMembers(ReadOnlySpan<byte> members)
    {
        if (!members.IsEmpty) Raw(members);
    }

    /// <summary>Copies members as they stand, up to the colon of one whose value comes next.</summary>
    public void RawUpTo(ReadOnlySpan<byte> members)
    {
        Separate();
        Output.Append(members);
        _hasPrevious &= ~Bit;
    }

    /// <summary>Writes a whole number.</summary>
    public void Number(long value)
    {
        Separate();
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out var written);
        Output.Append(digits[..written]);
    }

    /// <summary>Writes a member with a whole number.</summary>
    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Number(value);
    }

    /// <summary>Writes true or false.</summary>
    public void Bool(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>Writes a member with true or false.</summary>
    public void Bool(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Bool(value);
    }

    /// <summary>Writes null.</summary>
    public void Null() => Raw("null"u8);

    /// <summary>Writes a member with null.</summary>
    public void Null(ReadOnlySpan<byte> name)
    {
        Name(name);
        Null();
    }

    private ulong Bit => 1ul << _depth;

    private void Open(byte bracket)
    {
        Separate();
        Output.Append(bracket);
        _depth++;
        _hasPrevious &= ~Bit;
    }

    private void Close(byte bracket)
    {
        Output.Append(bracket);
        _depth--;
        _hasPrevious |= Bit;
    }

    /// <summary>Puts the comma where something stands before; afterwards something does.</summary>
    private void Separate()
    {
        if ((_hasPrevious & Bit) != 0) Output.Append((byte)',');
        _hasPrevious |= Bit;
    }
}

/// <summary>A place in a document that is being written.</summary>
internal readonly record struct JsonPlace(int Length, int Depth, ulong HasPrevious);
