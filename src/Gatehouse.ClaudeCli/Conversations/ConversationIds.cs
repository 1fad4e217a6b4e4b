using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Conversations;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>
/// The ids that clients get for their conversations. One that the client names keeps its id whatever happens to its history; one without a name keeps it as long
/// as what the client sends begins as it did, and where it branches both have it. They outlive the gateway: kept sealed, under hashes, for a day after their last turn.
/// Thread-safe.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="provider">The provider's name.</param>
internal sealed class ConversationIds(ReasoningStore store, string provider)
{
    private readonly Lock _lock = new();

    /// <summary>The id of the conversation that a request belongs to; a new one when nothing is known of it.</summary>
    public async ValueTask<Guid> FindAsync(ConversationKey key, CliRequest request)
    {
        var known = request.Messages.Select(message => message.Key).SkipLast(1).ToImmutableArray();
        // The first message of many conversations is the same.
        if (!key.IsNamed && known.IsEmpty) return Guid.NewGuid();
        var (bound, name) = (Bound(key), Name(key, known));
        if (TryRecall(bound, name, out var id, out var isUnknown)) return id;
        if (isUnknown && await store.LookUpAsync([ReasoningStore.Key(bound, name)]) && TryRecall(bound, name, out id, out _)) return id;
        lock (_lock)
        {
            if (TryRecall(bound, name, out id, out _)) return id;
            id = Guid.NewGuid();
            store.Remember(key.Token, bound, name, id.ToByteArray());
            return id;
        }
    }

    /// <summary>Keeps the id for what goes on from here.</summary>
    /// <param name="key">Whose conversation it is.</param>
    /// <param name="history">All of its messages, the answer too.</param>
    /// <param name="id">Its id.</param>
    public void Remember(ConversationKey key, IReadOnlyList<MessageKey> history, Guid id) => store.Remember(key.Token, Bound(key), Name(key, history), id.ToByteArray());

    private bool TryRecall(string bound, byte[] name, out Guid id, out bool isUnknown)
    {
        using var state = new PooledBuffer();
        var found = store.TryRecall(bound, ReasoningStore.Key(bound, name), state, out isUnknown) && state.Length == 16;
        id = found ? new Guid(state.Written) : default;
        return found;
    }

    private string Bound(ConversationKey key) => $"claude-conversation\n{key.Token:N}\n{provider}\n{key.Profile}\n{key.Folder}";

    private static byte[] Name(ConversationKey key, IEnumerable<MessageKey> history)
    {
        if (key.IsNamed) return Encoding.UTF8.GetBytes($"name {key.Name}");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> one = stackalloc byte[16];
        foreach (var message in history)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(one, message.High);
            BinaryPrimitives.WriteUInt64LittleEndian(one[8..], message.Low);
            hash.AppendData(one);
        }

        return hash.GetHashAndReset();
    }
}
