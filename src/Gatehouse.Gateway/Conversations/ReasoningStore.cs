using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// What models thought on the tool turns of chat clients, whose dialect has no field to carry it: sealed, apart for each access token and for where it
/// was issued, in at most two generations, each bounded by number and bytes. What is older than the time limit counts as gone. Thread-safe.
/// </summary>
internal sealed class ReasoningStore(KeyRing keys, TimeProvider time)
{
    /// <summary>How long a tool turn may take until its result comes back.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private const int MostEntries = 10_000;
    private const long MostBytes = 32 * 1024 * 1024;
    private const int LargestState = 1024 * 1024;

    private Generation _young = new();
    private Generation _old = new();

    /// <summary>The part of it that one attempt may see.</summary>
    public ReasoningMemory For(Guid token, string provider, string model, string? credential) =>
        new Part(this, $"reasoning\n{token:N}\n{provider}\n{model}\n{credential}");

    private void Remember(string bound, ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state)
    {
        if (state.Length > LargestState) return;
        var generation = _young;
        var entry = new Entry(keys.Seal(KeyPurpose.ConversationState, bound, state), time.GetUtcNow() + KeptFor);
        generation.Entries[Key(bound, toolCallId)] = entry;
        if (Interlocked.Add(ref generation.Bytes, entry.Sealed.Length) < MostBytes && generation.Entries.Count < MostEntries) return;
        if (Interlocked.CompareExchange(ref _young, new Generation(), generation) == generation) _old = generation;
    }

    private bool TryRecall(string bound, ReadOnlySpan<byte> toolCallId, PooledBuffer state)
    {
        var key = Key(bound, toolCallId);
        if (!_young.Entries.TryGetValue(key, out var entry) && !_old.Entries.TryGetValue(key, out entry)) return false;
        if (entry.Expires <= time.GetUtcNow() || keys.TryOpen(KeyPurpose.ConversationState, bound, entry.Sealed) is not { } opened) return false;
        state.Append(opened);
        return true;
    }

    private static UInt128 Key(string bound, ReadOnlySpan<byte> toolCallId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(bound));
        hash.AppendData([0]);
        hash.AppendData(toolCallId);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private sealed record Entry(byte[] Sealed, DateTimeOffset Expires);

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<UInt128, Entry> Entries = new();
        public long Bytes;
    }

    private sealed class Part(ReasoningStore store, string bound) : ReasoningMemory
    {
        public override void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state) => store.Remember(bound, toolCallId, state);

        public override bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state) => store.TryRecall(bound, toolCallId, state);
    }
}
