using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// What models thought on the tool turns of chat clients, whose dialect has no field to carry it: sealed, apart for each access token and for where it
/// was issued. In memory in at most two generations, each bounded by number and bytes; in the database shortly after, off the request's path, where a
/// restarted gateway and others on the same store find it. What is older than the time limit counts as gone. The ids of a program's
/// conversations are kept here too. Thread-safe.
/// </summary>
internal sealed partial class ReasoningStore(Store store, KeyRing keys, TimeProvider time, ILogger<ReasoningStore> logger)
{
    /// <summary>How long a tool turn may take until its result comes back.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>How long a request waits for the store to look tool calls up that are not in memory.</summary>
    public static readonly TimeSpan LookupLimit = TimeSpan.FromMilliseconds(250);

    private const int MostEntries = 10_000;
    private const int MostBytes = 32 * 1024 * 1024;
    private const int LargestState = 1024 * 1024;

    /// <summary>The turn at hand and some before it; models read older thinking no more, or little.</summary>
    private const int MostLookups = 256;

    /// <summary>How long a call that the store does not know is not asked for again: an answer's calls are stored long before their results are there.</summary>
    private static readonly TimeSpan s_absentFor = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private List<ReasoningRow> _waiting = [];
    private long _waitingBytes;
    private Task _writing = Task.CompletedTask;
    private Generation _young = new();
    private Generation _old = new();

    /// <summary>The part of it that one attempt may see.</summary>
    public ReasoningPart For(Guid token, string provider, string model, string? credential) =>
        new(this, token, $"reasoning\n{token:N}\n{provider}\n{model}\n{credential}");

    /// <summary>Waits until everything remembered so far is in the database, or could not be put there.</summary>
    public Task FlushAsync()
    {
        lock (_gate) return _writing;
    }

    /// <summary>The key of a tool call's state: a hash, so that the database tells nothing.</summary>
    internal static UInt128 Key(string bound, ReadOnlySpan<byte> toolCallId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(bound));
        hash.AppendData([0]);
        hash.AppendData(toolCallId);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    internal void Remember(Guid token, string bound, ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state)
    {
        if (state.Length > LargestState) return;
        var row = new ReasoningRow(
            Key(bound, toolCallId), token, time.GetUtcNow().ToUnixTimeMilliseconds() * 1000, keys.Seal(KeyPurpose.ConversationState, bound, state));
        Keep(row.Key, new Entry(row.Sealed, time.GetUtcNow() + KeptFor));
        Write(row);
    }

    /// <summary>Appends a state from memory; <paramref name="isUnknown"/> says that the store may have it.</summary>
    internal bool TryRecall(string bound, UInt128 key, PooledBuffer state, out bool isUnknown)
    {
        isUnknown = !_young.Entries.TryGetValue(key, out var entry) && !_old.Entries.TryGetValue(key, out entry);
        if (entry is null) return false;
        if (entry.Expires <= time.GetUtcNow())
        {
            isUnknown = entry.Sealed.Length == 0;
            return false;
        }

        if (entry.Sealed.Length == 0 || keys.TryOpen(KeyPurpose.ConversationState, bound, entry.Sealed) is not { } opened) return false;
        state.Append(opened);
        return true;
    }

    /// <summary>Looks calls up in the database, briefly; true when it had some, which are in memory then.</summary>
    internal async ValueTask<bool> LookUpAsync(IReadOnlyList<UInt128> unknown)
    {
        var now = time.GetUtcNow();
        try
        {
            var asked = unknown.Count > MostLookups ? unknown.Skip(unknown.Count - MostLookups).ToList() : unknown;
            var rows = await ReasoningTable.FindAsync(store, asked, Oldest(now), LookupLimit);
            foreach (var key in unknown) Keep(key, new Entry([], now + s_absentFor));
            foreach (var row in rows) Keep(row.Key, new Entry(row.Sealed, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedMicros / 1000) + KeptFor));
            return rows.Count > 0;
        }
        catch (Exception e) when (e is StoreException or TimeoutException)
        {
            LogNotFound(e.Message);
            return false;
        }
    }

    private static long Oldest(DateTimeOffset now) => (now - KeptFor).ToUnixTimeMilliseconds() * 1000;

    private void Keep(UInt128 key, Entry entry)
    {
        var generation = _young;
        generation.Entries[key] = entry;
        if (Interlocked.Add(ref generation.Bytes, entry.Sealed.Length) < MostBytes && generation.Entries.Count < MostEntries) return;
        if (Interlocked.CompareExchange(ref _young, new Generation(), generation) == generation) _old = generation;
    }

    private void Write(ReasoningRow row)
    {
        lock (_gate)
        {
            // A store that stands still must not fill the memory.
            if (_waitingBytes > MostBytes) return;
            _waiting.Add(row);
            _waitingBytes += row.Sealed.Length;
            if (_waiting.Count == 1 && _writing.IsCompleted) _writing = Task.Run(WriteAsync);
        }
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            List<ReasoningRow> rows;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _writing = Task.CompletedTask;
                    return;
                }

                (rows, _waiting, _waitingBytes) = (_waiting, [], 0);
            }

            try
            {
                await ReasoningTable.AddAsync(store, rows, Oldest(time.GetUtcNow()));
            }
            catch (StoreException e)
            {
                LogNotStored(rows.Count, e.Message);
            }
        }
    }

    private sealed record Entry(byte[] Sealed, DateTimeOffset Expires);

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<UInt128, Entry> Entries = new();
        public long Bytes;
    }
}
