using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tap;

/// <summary>Where the facts stand in Chat Completions answers. Chunks and whole answers have the same places.</summary>
internal static class ChatAnswer
{
    private static readonly FieldPath Usage = FieldPath.Object(
        Field.Usage,
        ("prompt_tokens", FieldPath.Leaf(Field.Input)),
        ("completion_tokens", FieldPath.Leaf(Field.Output)),
        ("prompt_tokens_details", FieldPath.Object(
            Field.None,
            ("cached_tokens", FieldPath.Leaf(Field.CacheRead)),
            ("cache_write_tokens", FieldPath.Leaf(Field.CacheWrite)),
            ("cache_creation_tokens", FieldPath.Leaf(Field.CacheCreation)))),
        ("completion_tokens_details", FieldPath.Object(Field.None, ("reasoning_tokens", FieldPath.Leaf(Field.Reasoning)))),
        // DeepSeek's own name for cached_tokens.
        ("prompt_cache_hit_tokens", FieldPath.Leaf(Field.CacheHit)));

    /// <summary>The paths of a chunk while no content has been seen: a delta's members tell when output begins.</summary>
    public static FieldPath FirstChunks { get; } = Chunk(
        ("delta", FieldPath.AnyMember(FieldPath.Leaf(Field.Content), ("role", FieldPath.Leaf(Field.Ignored)))));

    /// <summary>The paths of later chunks, and of a JSON answer.</summary>
    public static FieldPath LaterChunks { get; } = Chunk();

    /// <summary>Takes over a chunk that was read whole.</summary>
    public static void TakeChunk(TapState state, FieldValues found)
    {
        state.SawContent |= found.HasContent;
        FactReading.TakeIdentity(state.Facts, found);
        FactReading.TakeUsage(state.Facts, found);
        if (state.Facts.StopReason is null)
            FactReading.TakeStopReason(state.Facts, found);
        if (FactReading.HasError(found))
            FactReading.TakeError(state, found);
    }

    private static FieldPath Chunk(params (string Name, FieldPath Path)[] choiceMembers) => FieldPath.Object(
        Field.None,
        ("id", FieldPath.Leaf(Field.Id)),
        ("model", FieldPath.Leaf(Field.Model)),
        ("choices", FieldPath.Array(
            Field.Choices,
            FieldPath.Object(Field.Choice, [("finish_reason", FieldPath.Leaf(Field.StopReason)), .. choiceMembers]))),
        ("usage", Usage),
        ("service_tier", FieldPath.Leaf(Field.ServiceTier)),
        ("error", FieldPath.Object(
            Field.Error,
            ("type", FieldPath.Leaf(Field.ErrorType)),
            ("code", FieldPath.Leaf(Field.ErrorCode)))));
}
