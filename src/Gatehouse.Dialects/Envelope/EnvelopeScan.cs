using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Envelope;

/// <summary>One run of the scanner over one body.</summary>
/// <param name="body">The body.</param>
/// <param name="entries">Its whole index, where there is one.</param>
internal ref struct EnvelopeScan<TBlocks>(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries)
    where TBlocks : struct, IBlockReader
{
    private readonly ReadOnlySpan<byte> _body = body;
    private JsonCursor<TBlocks> _cursor = new(body, entries);
    private uint _seen;

    /// <summary>What was found.</summary>
    public RequestEnvelope Result;

    /// <summary>Scans the body.</summary>
    public void Run()
    {
        switch (_cursor.SkipWhite())
        {
            case (byte)'{':
                break;
            case 0 when _cursor.AtEnd:
                Fail(EnvelopeFault.Empty);
                return;
            case (byte)'[' or (byte)'"' or (byte)'t' or (byte)'f' or (byte)'n' or (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                Fail(EnvelopeFault.NotAnObject);
                return;
            default:
                Fail(EnvelopeFault.NotJson);
                return;
        }

        Result.ObjectStart = _cursor.Position++;
        if (!ReadMembers())
            return;
        _ = _cursor.SkipWhite();
        if (!_cursor.AtEnd)
            Fail(EnvelopeFault.NotJson);
        else if ((_seen & Bit(DecidingKey.Model)) == 0)
            Fail(EnvelopeFault.ModelMissing, "model");
    }

    private bool ReadMembers()
    {
        if (_cursor.SkipWhite() == '}')
        {
            Result.ObjectIsEmpty = true;
            Result.ObjectEnd = _cursor.Position++;
            return true;
        }

        while (true)
        {
            _ = _cursor.SkipWhite();
            if (!ReadMember())
                return false;
            if (_cursor.SkipWhite() == '}')
            {
                Result.ObjectEnd = _cursor.Position++;
                return true;
            }

            if (!_cursor.TryTake((byte)','))
                return Fail(EnvelopeFault.NotJson);
        }
    }

    private bool ReadMember()
    {
        var keyStart = _cursor.Position;
        if (!_cursor.TryString(out var key))
            return Fail(EnvelopeFault.NotJson);
        var match = DecidingKeys.Match(Bytes(key), out var deciding);
        if (!AcceptKey(match, deciding, key, keyStart))
            return false;
        _ = _cursor.SkipWhite();
        if (!_cursor.TryTake((byte)':'))
            return Fail(EnvelopeFault.NotJson);
        _ = _cursor.SkipWhite();
        if (!_cursor.TryValue(out var kind, out var value))
            return Fail(EnvelopeFault.NotJson);
        return deciding == DecidingKey.None || Decide(deciding, kind, value);
    }

    private bool AcceptKey(KeyMatch match, DecidingKey deciding, ByteRange key, int offset)
    {
        switch (match)
        {
            case KeyMatch.Illegal:
                return FailAt(EnvelopeFault.NotJson, null, offset);
            case KeyMatch.Variant:
                return FailAt(EnvelopeFault.DuplicateKey, JsonText.Read(Bytes(key), escaped: true), offset);
            case KeyMatch.Exact when (_seen & Bit(deciding)) != 0:
                return FailAt(EnvelopeFault.DuplicateKey, DecidingKeys.Name(deciding), offset);
            default:
                _seen |= Bit(deciding);
                return true;
        }
    }

    private bool Decide(DecidingKey key, JsonKind kind, ByteRange value)
    {
        switch (key)
        {
            case DecidingKey.Model:
                return ReadModel(kind, value);
            case DecidingKey.Stream:
                Result.Stream = kind == JsonKind.True;
                return IsFlag(kind) || FailAt(EnvelopeFault.StreamNotABoolean, "stream", value.Start);
            case DecidingKey.Store:
                Result.Store = kind switch { JsonKind.True => true, JsonKind.False => false, _ => null };
                return IsFlag(kind) || WrongType(key, value);
            case DecidingKey.Background:
                Result.Background = kind == JsonKind.True;
                return IsFlag(kind) || WrongType(key, value);
            case DecidingKey.PreviousResponseId:
                if (kind == JsonKind.String)
                    Result.PreviousResponseId = Inside(value);
                return kind is JsonKind.String or JsonKind.Null ? Legal(kind, value, key) : WrongType(key, value);
            case DecidingKey.Conversation:
                if (kind != JsonKind.Null)
                    Result.Conversation = value;
                return kind is JsonKind.String or JsonKind.Object or JsonKind.Null ? Legal(kind, value, key) : WrongType(key, value);
            default:
                Result.StreamOptions = value;
                return kind switch
                {
                    JsonKind.Object => ReadStreamOptions(value),
                    JsonKind.Null => true,
                    _ => WrongType(key, value),
                };
        }
    }

    private bool ReadModel(JsonKind kind, ByteRange value)
    {
        if (kind != JsonKind.String || value.Length == 2)
            return FailAt(EnvelopeFault.ModelNotAString, "model", value.Start);
        Result.Model = Inside(value);
        Result.ModelEscaped = Bytes(Result.Model).Contains((byte)'\\');
        return Legal(kind, value, DecidingKey.Model);
    }

    private bool ReadStreamOptions(ByteRange value)
    {
        var behind = _cursor.Position;
        _cursor.Position = value.Start + 1;
        if (_cursor.SkipWhite() != '}' && !ReadStreamOptionMembers())
            return false;
        _cursor.Position = behind;
        return true;
    }

    private bool ReadStreamOptionMembers()
    {
        while (true)
        {
            _ = _cursor.SkipWhite();
            var keyStart = _cursor.Position;
            if (!_cursor.TryString(out var key))
                return Fail(EnvelopeFault.NotJson);
            var match = DecidingKeys.MatchStreamOption(Bytes(key), out var deciding);
            if (!AcceptKey(match, deciding, key, keyStart))
                return false;
            _ = _cursor.SkipWhite();
            if (!_cursor.TryTake((byte)':'))
                return Fail(EnvelopeFault.NotJson);
            _ = _cursor.SkipWhite();
            if (!_cursor.TryValue(out var kind, out var value))
                return Fail(EnvelopeFault.NotJson);
            if (deciding == DecidingKey.IncludeUsage && !ReadIncludeUsage(kind, value))
                return false;
            if (_cursor.SkipWhite() == '}')
                return true;
            if (!_cursor.TryTake((byte)','))
                return Fail(EnvelopeFault.NotJson);
        }
    }

    private bool ReadIncludeUsage(JsonKind kind, ByteRange value)
    {
        Result.IncludeUsageValue = value;
        Result.IncludeUsage = kind switch { JsonKind.True => true, JsonKind.False => false, _ => null };
        return IsFlag(kind) || WrongType(DecidingKey.IncludeUsage, value);
    }

    /// <summary>A deciding string must read the same for everybody, so bad escapes and bad UTF-8 are refused here.</summary>
    private bool Legal(JsonKind kind, ByteRange value, DecidingKey key) =>
        kind != JsonKind.String || JsonText.IsLegal(Bytes(Inside(value)))
        || FailAt(EnvelopeFault.NotJson, DecidingKeys.Name(key), value.Start);

    private bool WrongType(DecidingKey key, ByteRange value) => FailAt(EnvelopeFault.WrongType, DecidingKeys.Name(key), value.Start);

    private bool Fail(EnvelopeFault fault, string? key = null) => FailAt(fault, key, _cursor.Position);

    private bool FailAt(EnvelopeFault fault, string? key, int offset)
    {
        Result.Fault = fault;
        Result.FaultKey = key;
        Result.FaultOffset = offset;
        return false;
    }

    private readonly ReadOnlySpan<byte> Bytes(ByteRange range) => _body.Slice(range.Start, range.Length);

    private static ByteRange Inside(ByteRange quoted) => new(quoted.Start + 1, quoted.Length - 2);

    private static bool IsFlag(JsonKind kind) => kind is JsonKind.True or JsonKind.False or JsonKind.Null;

    private static uint Bit(DecidingKey key) => key == DecidingKey.None ? 0 : 1u << (int)key;
}
