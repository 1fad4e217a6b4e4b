namespace Gatehouse.Dialects.Json;

/// <summary>Where a value lies in a document, to be kept where a <see cref="JsonView"/> can't: in a list, on the heap. Good for as long as the document's index is.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Entry">Its place in the document's index; -1 when it has none there.</param>
internal readonly record struct JsonSpot(int Start, int Length, int Entry);
