using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Edits;

/// <summary>One change to a body: a range of its bytes and what stands there instead.</summary>
/// <param name="Range">The bytes replaced; a length of 0 inserts.</param>
/// <param name="Replacement">The new bytes; empty removes.</param>
internal readonly record struct BodyEdit(ByteRange Range, ReadOnlyMemory<byte> Replacement);
