using Gatehouse.ClaudeCli.Requests;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>
/// The conversations that a process stands by for. Bounded: the one that was not used for the longest time goes first; one that is not used for a while goes by
/// itself. Whatever goes costs its client nothing but the time to feed its history to another process. Thread-safe.
/// </summary>
/// <param name="limits">How many processes may be kept, and for how long.</param>
/// <param name="time">The clock.</param>
internal sealed class ConversationTable(ConversationLimits limits, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(ConversationKey Key, LiveConversation Conversation)> _live = [];

    /// <summary>How much memory their processes take together, in bytes.</summary>
    public long Memory
    {
        get
        {
            lock (_lock) return _live.Sum(static one => one.Conversation.Memory);
        }
    }

    /// <summary>The conversation that a request goes on with, claimed for it; null when there is none. Of two racing requests one gets it.</summary>
    public LiveConversation? Claim(ConversationKey key, CliRequest request)
    {
        lock (_lock)
        {
            foreach (var (own, conversation) in _live)
            {
                if (own == key && conversation.TryClaim(request)) return conversation;
            }
        }

        return null;
    }

    /// <summary>Adds a conversation that has just begun.</summary>
    public void Add(ConversationKey key, LiveConversation conversation)
    {
        lock (_lock) _live.Add((key, conversation));
    }

    /// <summary>Ends those that are over, that nobody used for long, or that are too many.</summary>
    public async ValueTask TidyAsync()
    {
        List<LiveConversation> gone = [];
        lock (_lock)
        {
            for (var i = _live.Count - 1; i >= 0; i--)
            {
                if (limits.IsOver(_live[i].Conversation, time)) Remove(i, gone);
            }

            var memory = _live.Sum(one => one.Conversation.Memory);
            while ((_live.Count > limits.Count || memory > limits.Memory) && Oldest() is { } oldest)
            {
                memory -= _live[oldest].Conversation.Memory;
                Remove(oldest, gone);
            }
        }

        await Task.WhenAll(gone.Select(one => one.DisposeAsync().AsTask()));
    }

    /// <summary>Ends one.</summary>
    public ValueTask EndAsync(LiveConversation conversation)
    {
        lock (_lock) _live.RemoveAll(one => ReferenceEquals(one.Conversation, conversation));
        return conversation.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<LiveConversation> all;
        lock (_lock)
        {
            all = [.. _live.Select(one => one.Conversation)];
            _live.Clear();
        }

        await Task.WhenAll(all.Select(one => one.DisposeAsync().AsTask()));
    }

    private void Remove(int at, List<LiveConversation> gone)
    {
        gone.Add(_live[at].Conversation);
        _live.RemoveAt(at);
    }

    private int? Oldest()
    {
        int? oldest = null;
        for (var i = 0; i < _live.Count; i++)
        {
            var conversation = _live[i].Conversation;
            if (conversation.State == ConversationState.Running) continue;
            if (oldest is not { } other || conversation.LastUsed < _live[other].Conversation.LastUsed) oldest = i;
        }

        return oldest;
    }
}
