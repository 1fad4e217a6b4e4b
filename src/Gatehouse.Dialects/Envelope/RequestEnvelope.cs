namespace Gatehouse.Dialects.Envelope;

/// <summary>A run of bytes inside a request body. Length 0 means absent.</summary>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>Whether the range covers anything.</summary>
    public bool Exists => Length > 0;

    /// <summary>Offset just past the last byte.</summary>
    public int End => Start + Length;
}

/// <summary>Why a body cannot be routed. Only what decides something is checked here; deeper faults are the upstream's to refuse.</summary>
public enum EnvelopeFault : byte
{
    /// <summary>The body can be routed.</summary>
    None,

    /// <summary>The body is empty or only white space.</summary>
    Empty,

    /// <summary>The body is not JSON at its top level, or ends too early.</summary>
    NotJson,

    /// <summary>The body is JSON, but not an object.</summary>
    NotAnObject,

    /// <summary>A key that decides something (<c>model</c>, <c>stream</c> …) stands twice, or beside a variant of itself in another case.</summary>
    DuplicateKey,

    /// <summary><c>model</c> is absent.</summary>
    ModelMissing,

    /// <summary><c>model</c> is not a string, or an empty one.</summary>
    ModelNotAString,

    /// <summary><c>stream</c> is neither true, false nor null.</summary>
    StreamNotABoolean,

    /// <summary>Another deciding key has a value of the wrong type.</summary>
    WrongType,
}

/// <summary>The top-level facts of a request body, found in one scan without building a DOM. Offsets point into the scanned bytes.</summary>
public struct RequestEnvelope
{
    /// <summary>The first fault found, or None.</summary>
    public EnvelopeFault Fault;

    /// <summary>The key that <see cref="Fault"/> is about, or null.</summary>
    public string? FaultKey;

    /// <summary>Where the fault was noticed.</summary>
    public int FaultOffset;

    /// <summary>The content of the <c>model</c> string, without its quotes, still escaped.</summary>
    public ByteRange Model;

    /// <summary>Whether <see cref="Model"/> holds escapes.</summary>
    public bool ModelEscaped;

    /// <summary>Whether the caller asked for a stream; absent and null mean false.</summary>
    public bool Stream;

    /// <summary>The whole value of <c>stream_options</c> (an object or null).</summary>
    public ByteRange StreamOptions;

    /// <summary>The value of <c>stream_options.include_usage</c>; null when absent.</summary>
    public bool? IncludeUsage;

    /// <summary>The whole value of <c>stream_options.include_usage</c>, when present.</summary>
    public ByteRange IncludeUsageValue;

    /// <summary>The content of the <c>previous_response_id</c> string, without quotes.</summary>
    public ByteRange PreviousResponseId;

    /// <summary>The whole value of <c>conversation</c> when it is not null.</summary>
    public ByteRange Conversation;

    /// <summary>The value of <c>store</c>; null when absent or null.</summary>
    public bool? Store;

    /// <summary>Whether <c>background</c> is true.</summary>
    public bool Background;

    /// <summary>Offset of the opening brace.</summary>
    public int ObjectStart;

    /// <summary>Offset of the closing brace.</summary>
    public int ObjectEnd;

    /// <summary>Whether the object has no members at all.</summary>
    public bool ObjectIsEmpty;
}
