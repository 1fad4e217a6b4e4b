using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// What one attempt may see of the <see cref="ReasoningStore"/>: one token's turns with one model, provider and key. Translations don't wait: what is not in
/// memory counts as missing and is noted, so that it can be looked up and the translation made once more. Used by one thread at a time.
/// </summary>
internal sealed class ReasoningPart(ReasoningStore store, Guid token, string bound) : ReasoningMemory
{
    private readonly List<UInt128> _unknown = [];

    /// <summary>Looks up in the database what was asked for and not in memory; true when something was found.</summary>
    public async ValueTask<bool> LookUpAsync()
    {
        if (_unknown.Count == 0) return false;
        var unknown = _unknown.Distinct().ToList();
        _unknown.Clear();
        return await store.LookUpAsync(unknown);
    }

    /// <inheritdoc/>
    public override void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state) => store.Remember(token, bound, toolCallId, state);

    /// <inheritdoc/>
    public override bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state)
    {
        var key = ReasoningStore.Key(bound, toolCallId);
        if (store.TryRecall(bound, key, state, out var isUnknown)) return true;
        if (isUnknown) _unknown.Add(key);
        return false;
    }
}
