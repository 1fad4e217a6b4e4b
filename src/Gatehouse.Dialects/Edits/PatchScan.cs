using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Edits;

/// <summary>One run of a patch over one body. It enters only places that the patch names, so its depth is the patch's.</summary>
internal ref struct PatchScan(ReadOnlySpan<byte> body, BodyEdits edits, int[] counts)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly BodyEdits _edits = edits;
    private readonly int[] _counts = counts;
    private JsonCursor<Blocks128> _cursor = new(body);

    /// <summary>Patches the document. A place that is not well-formed is left alone: it is the upstream's to refuse.</summary>
    public void Run(PatchPath root)
    {
        _ = _cursor.SkipWhite();
        _ = TryEnter(root);
    }

    /// <summary>Reads one value and patches what the path names inside it.</summary>
    private bool TryEnter(PatchPath path)
    {
        if (_cursor.Current == '{' && path.HasMembers)
            return TryObject(path);
        if (_cursor.Current == '[' && path.Elements is { } elements)
            return TryArray(elements);
        return _cursor.TryValue(out _, out _);
    }

    private bool TryObject(PatchPath path)
    {
        var removals = new RemovalRuns(_cursor.Position, _edits);
        _cursor.Position++;
        if (_cursor.SkipWhite() == '}')
            return _cursor.TryTake((byte)'}');
        while (true)
        {
            var start = _cursor.Position;
            if (!_cursor.TryString(out var key) || _cursor.SkipWhite() != ':')
                return false;
            _cursor.Position++;
            _ = _cursor.SkipWhite();
            var inside = path.FindRaw(_body.Slice(key.Start, key.Length));
            var remove = inside?.RemoveAs ?? -1;
            if (!(inside is null || remove >= 0 ? _cursor.TryValue(out _, out _) : TryEnter(inside)))
                return false;
            if (!TryNext(ref removals, start, remove, (byte)'}', out var ended) || ended)
                return ended;
        }
    }

    private bool TryArray(PatchPath elements)
    {
        var removals = new RemovalRuns(_cursor.Position, _edits);
        _cursor.Position++;
        if (_cursor.SkipWhite() == ']')
            return _cursor.TryTake((byte)']');
        while (true)
        {
            var start = _cursor.Position;
            if (!_cursor.TryValue(out var kind, out var whole))
                return false;
            var remove = kind == JsonKind.Object && elements.HasPrefixes ? elements.RemovalFor(BlockText(whole)) : -1;
            if (remove < 0 && (elements.HasMembers || elements.Elements is not null))
            {
                _cursor.Position = start;
                if (!TryEnter(elements))
                    return false;
            }

            if (!TryNext(ref removals, start, remove, (byte)']', out var ended) || ended)
                return ended;
        }
    }

    /// <summary>Notes the member just read and moves to the next one, or behind the closing bracket.</summary>
    private bool TryNext(ref RemovalRuns removals, int start, int remove, byte closer, out bool ended)
    {
        var end = _cursor.Position;
        if (remove >= 0)
        {
            _counts[remove]++;
            removals.Remove(start, end);
        }
        else
            removals.Keep(start, end);
        ended = _cursor.SkipWhite() == closer;
        if (ended)
            removals.End(_cursor.Position);
        if (!ended && _cursor.Current != ',')
            return false;
        _cursor.Position++;
        if (!ended)
            _ = _cursor.SkipWhite();
        return true;
    }

    /// <summary>The raw content of a block's <c>text</c>; empty when it has none.</summary>
    private readonly ReadOnlySpan<byte> BlockText(ByteRange block)
    {
        var cursor = new JsonCursor<Blocks128>(_body) { Position = block.Start + 1 };
        while (cursor.SkipWhite() != '}')
        {
            if (!cursor.TryString(out var key) || cursor.SkipWhite() != ':')
                break;
            cursor.Position++;
            _ = cursor.SkipWhite();
            if (!cursor.TryValue(out var kind, out var value))
                break;
            if (kind == JsonKind.String && JsonText.Is(_body.Slice(key.Start, key.Length), "text"u8))
                return _body.Slice(value.Start + 1, value.Length - 2);
            if (cursor.SkipWhite() == ',')
                cursor.Position++;
        }

        return default;
    }
}
