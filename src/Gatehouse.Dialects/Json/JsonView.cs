using System.Buffers.Text;
using System.Text.Json;
using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// One JSON value where it lies in memory: no DOM, nothing copied, nothing allocated. A document is checked once, whole, by
/// <see cref="TryParse"/>; after that walking it cannot fail. A member or element that is not there is a view with <see cref="Exists"/> false,
/// and every question to it answers "no", so that lookups chain without checks.
/// </summary>
internal readonly ref struct JsonView
{
    /// <summary>How deep a document may nest. Tool schemas of agents nest about ten deep.</summary>
    public const int DeepestNesting = 256;

    private JsonView(ReadOnlySpan<byte> raw) => Raw = raw;

    /// <summary>The value's bytes as they stand: a string with its quotes, a container with its brackets. Empty when there is no value.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>Whether there is a value.</summary>
    public bool Exists => !Raw.IsEmpty;

    /// <summary>What the value is.</summary>
    public JsonKind Kind => Raw.IsEmpty ? JsonKind.None : Raw[0] switch
    {
        (byte)'"' => JsonKind.String,
        (byte)'{' => JsonKind.Object,
        (byte)'[' => JsonKind.Array,
        (byte)'t' => JsonKind.True,
        (byte)'f' => JsonKind.False,
        (byte)'n' => JsonKind.Null,
        _ => JsonKind.Number,
    };

    /// <summary>Whether it is a string.</summary>
    public bool IsString => !Raw.IsEmpty && Raw[0] == '"';

    /// <summary>Whether it is an object.</summary>
    public bool IsObject => !Raw.IsEmpty && Raw[0] == '{';

    /// <summary>Whether it is an array.</summary>
    public bool IsArray => !Raw.IsEmpty && Raw[0] == '[';

    /// <summary>Whether it is <c>true</c>.</summary>
    public bool IsTrue => !Raw.IsEmpty && Raw[0] == 't';

    /// <summary>Whether it is <c>false</c>.</summary>
    public bool IsFalse => !Raw.IsEmpty && Raw[0] == 'f';

    /// <summary>Whether it is absent or <c>null</c>: fields set to null mean the same as absent ones in all three dialects.</summary>
    public bool IsNullOrAbsent => Raw.IsEmpty || Raw[0] == 'n';

    /// <summary>A string's content between its quotes, still escaped; empty for anything else.</summary>
    public ReadOnlySpan<byte> Escaped => IsString ? Raw[1..^1] : default;

    /// <summary>Whether it is a container without members or elements, or an empty string.</summary>
    public bool IsEmpty => Kind switch
    {
        JsonKind.String => Raw.Length == 2,
        JsonKind.Object => !Members.MoveNext(),
        JsonKind.Array => !Items.MoveNext(),
        _ => true,
    };

    /// <summary>The members of an object, in order; none for anything else. Use it in <c>foreach</c>.</summary>
    public JsonMembers Members => new(IsObject ? Raw : default);

    /// <summary>The elements of an array, in order; none for anything else. Use it in <c>foreach</c>.</summary>
    public JsonItems Items => new(IsArray ? Raw : default);

    /// <summary>The first member with this name. For more than two or three of them walk <see cref="Members"/> once instead.</summary>
    public JsonView this[ReadOnlySpan<byte> name]
    {
        get
        {
            foreach (var member in Members)
            {
                if (member.Is(name)) return member.Value;
            }

            return default;
        }
    }

    /// <summary>Checks a whole document, up to and with its last byte. False when it is not JSON, or nests too deep.</summary>
    public static bool TryParse(ReadOnlySpan<byte> document, out JsonView view)
    {
        view = default;
        try
        {
            var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = DeepestNesting });
            if (!reader.Read()) return false;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (reader.Read()) return false;
            view = new JsonView(document[start..end]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A view of a value that is known to be well-formed, such as one written by <see cref="JsonWriter"/> or kept from a checked document.</summary>
    public static JsonView Trusted(ReadOnlySpan<byte> raw) => new(raw);

    /// <summary>Whether it is a string with this plain text.</summary>
    public bool Is(ReadOnlySpan<byte> text) => IsString && JsonText.Is(Escaped, text);

    /// <summary>Whether it is a string that begins with this plain text.</summary>
    public bool StartsWith(ReadOnlySpan<byte> text) => IsString && JsonText.StartsWith(Escaped, text);

    /// <summary>A string's text; null for anything else. Allocates.</summary>
    public string? Text() => IsString ? JsonText.Read(Escaped, escaped: true) : null;

    /// <summary>A string's plain bytes appended to a buffer; false when it is no string or its escapes are bad (nothing is appended then).</summary>
    public bool TryAppendPlain(PooledBuffer output)
    {
        if (!IsString) return false;
        var escaped = Escaped;
        if (!JsonText.TryUnescape(escaped, output.GetSpan(escaped.Length), out var written)) return false;
        output.Advance(written);
        return true;
    }

    /// <summary>A whole number that fits; false for anything else. <c>1.0</c> and <c>1e3</c> are whole numbers too.</summary>
    public bool TryInteger(out long value)
    {
        value = 0;
        if (Kind != JsonKind.Number) return false;
        if (Utf8Parser.TryParse(Raw, out value, out var used) && used == Raw.Length) return true;
        if (!TryNumber(out var real) || real != Math.Floor(real) || Math.Abs(real) > 1L << 53) return false;
        value = (long)real;
        return true;
    }

    /// <summary>A number; false for anything else.</summary>
    public bool TryNumber(out double value)
    {
        value = 0;
        return Kind == JsonKind.Number && Utf8Parser.TryParse(Raw, out value, out var used) && used == Raw.Length;
    }

    /// <summary>Whether the bytes of two values are the same.</summary>
    public bool SameBytes(JsonView other) => Raw.SequenceEqual(other.Raw);

    internal static JsonView At(ReadOnlySpan<byte> body, scoped ref int position) =>
        Blocks512.IsSupported ? At<Blocks512>(body, ref position)
        : Blocks256.IsSupported ? At<Blocks256>(body, ref position)
        : At<Blocks128>(body, ref position);

    private static JsonView At<TBlocks>(ReadOnlySpan<byte> body, scoped ref int position)
        where TBlocks : struct, IBlockReader
    {
        var cursor = new JsonCursor<TBlocks>(body) { Position = position };
        _ = cursor.SkipWhite();
        if (!cursor.TryValue(out _, out var whole)) return default;
        position = cursor.Position;
        return new JsonView(body.Slice(whole.Start, whole.Length));
    }

    internal static bool TryName(ReadOnlySpan<byte> body, scoped ref int position, out ByteRange name)
    {
        var cursor = new JsonCursor<Blocks128>(body) { Position = position };
        var opener = cursor.SkipWhite();
        name = default;
        if (opener == ',')
        {
            cursor.Position++;
            _ = cursor.SkipWhite();
        }

        if (!cursor.TryString(out name)) return false;
        _ = cursor.SkipWhite();
        cursor.Position++;
        position = cursor.Position;
        return true;
    }
}
