using System.Buffers;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Edits;

/// <summary>
/// The few changes that a route makes to a request body, laid over bytes that stay as they are: every byte outside the named ranges
/// is sent exactly as it came. Reusable; allocates nothing once its buffers have grown. Not thread-safe. The body must stay alive and
/// unchanged while segments are read.
/// </summary>
public sealed class BodyEdits
{
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] IncludeUsage = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] IncludeUsageMember = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] FurtherIncludeUsageMember = ",\"include_usage\":true"u8.ToArray();
    private static readonly byte[] StreamOptionsMember = "\"stream_options\":{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] FurtherStreamOptionsMember = ",\"stream_options\":{\"include_usage\":true}"u8.ToArray();

    private readonly List<BodyEdit> _edits = [];
    private readonly ArrayBufferWriter<byte> _model = new(128);
    private ReadOnlyMemory<byte> _body;

    /// <summary>Number of changes; with none, the only segment is the body itself.</summary>
    public int Count => _edits.Count;

    /// <summary>Length of the body with all changes made, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Forgets all changes and starts on another body.</summary>
    public void Reset(ReadOnlyMemory<byte> body)
    {
        _edits.Clear();
        _model.ResetWrittenCount();
        _body = body;
        Length = body.Length;
    }

    /// <summary>
    /// Replaces a range, inserts at it (length 0), or removes it (empty replacement). Within a wider range already replaced the change is
    /// dropped, and a wider range swallows the changes inside it: what is removed need not be edited.
    /// </summary>
    /// <exception cref="ArgumentException">The range lies outside the body, or overlaps another in part.</exception>
    public void Replace(ByteRange range, ReadOnlyMemory<byte> replacement)
    {
        if (range.Start < 0 || range.Length < 0 || range.End > _body.Length)
            throw new ArgumentException("The range lies outside the body.", nameof(range));
        var at = _edits.Count;
        while (at > 0 && Sorts(range, _edits[at - 1].Range))
            at--;
        if (at > 0 && Covers(_edits[at - 1].Range, range))
            return;
        if (at > 0 && _edits[at - 1].Range.End > range.Start)
            throw new ArgumentException("The range overlaps another edit.", nameof(range));
        while (at < _edits.Count && Covers(range, _edits[at].Range))
            RemoveAt(at);
        if (at < _edits.Count && _edits[at].Range.Start < range.End)
            throw new ArgumentException("The range overlaps another edit.", nameof(range));
        _edits.Insert(at, new BodyEdit(range, replacement));
        Length += replacement.Length - range.Length;
    }

    /// <summary>Puts another model's name in place; its quotes stay, and it is escaped as JSON demands.</summary>
    /// <param name="envelope">The scan of this body, without fault.</param>
    /// <param name="newModelUtf8">The plain name.</param>
    public void ReplaceModel(in RequestEnvelope envelope, ReadOnlySpan<byte> newModelUtf8)
    {
        var start = _model.WrittenCount;
        JsonText.WriteEscaped(_model, newModelUtf8);
        Replace(envelope.Model, _model.WrittenMemory[start..]);
    }

    /// <summary>Asks for the usage chunk of a chat stream; false when the caller already did and nothing is changed.</summary>
    /// <param name="envelope">The scan of this body, without fault.</param>
    public bool SetIncludeUsage(in RequestEnvelope envelope)
    {
        if (envelope.IncludeUsage == true)
            return false;
        var options = envelope.StreamOptions;
        if (!options.Exists)
            Insert(envelope.ObjectEnd, envelope.ObjectIsEmpty ? StreamOptionsMember : FurtherStreamOptionsMember);
        else if (envelope.IncludeUsageValue.Exists)
            Replace(envelope.IncludeUsageValue, True);
        else if (_body.Span[options.Start] != '{')
            Replace(options, IncludeUsage);
        else
            Insert(options.End - 1, IsEmptyObject(options) ? IncludeUsageMember : FurtherIncludeUsageMember);
        return true;
    }

    /// <summary>The body with all changes made, as pieces of the original and of the replacements.</summary>
    public SegmentEnumerator GetEnumerator() => new(this);

    /// <summary>Writes the body with all changes made.</summary>
    public void CopyTo(IBufferWriter<byte> output)
    {
        foreach (var segment in this)
            output.Write(segment.Span);
    }

    private void Insert(int at, ReadOnlyMemory<byte> bytes) => Replace(new ByteRange(at, 0), bytes);

    private void RemoveAt(int index)
    {
        Length -= _edits[index].Replacement.Length - _edits[index].Range.Length;
        _edits.RemoveAt(index);
    }

    private bool IsEmptyObject(ByteRange whole) => _body.Span.Slice(whole.Start + 1, whole.Length - 2).IndexOfAnyExcept(" \t\r\n"u8) < 0;

    /// <summary>
    /// Whether the first range belongs before the second. From the same start an insertion comes first, then the wider range; two
    /// insertions keep the order in which they were made.
    /// </summary>
    private static bool Sorts(ByteRange first, ByteRange second) =>
        first.Start < second.Start
        || (first.Start == second.Start && second.Length > 0 && (first.Length == 0 || first.End > second.End));

    /// <summary>Whether the inner range lies within the outer one; an insertion at either edge of it does not.</summary>
    private static bool Covers(ByteRange outer, ByteRange inner) =>
        outer.Length > 0
        && (inner.Length > 0
            ? outer.Start <= inner.Start && inner.End <= outer.End
            : outer.Start < inner.Start && inner.Start < outer.End);

    /// <summary>Walks the segments in order; empty ones are left out.</summary>
    public struct SegmentEnumerator
    {
        private readonly BodyEdits _owner;
        private int _next;
        private int _position;
        private bool _atReplacement;

        internal SegmentEnumerator(BodyEdits owner) => _owner = owner;

        /// <summary>The segment at hand.</summary>
        public ReadOnlyMemory<byte> Current { get; private set; }

        /// <summary>Moves to the next segment.</summary>
        public bool MoveNext()
        {
            do
            {
                if (_next == _owner._edits.Count)
                    return TakeRest();
                var edit = _owner._edits[_next];
                if (_atReplacement)
                {
                    Current = edit.Replacement;
                    _position = edit.Range.End;
                    _next++;
                }
                else
                    Current = _owner._body[_position..edit.Range.Start];
                _atReplacement = !_atReplacement;
            }
            while (Current.IsEmpty);
            return true;
        }

        private bool TakeRest()
        {
            Current = _owner._body[_position..];
            _position = _owner._body.Length;
            return !Current.IsEmpty;
        }
    }
}
