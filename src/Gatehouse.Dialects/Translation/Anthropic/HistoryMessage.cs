using System.Runtime.InteropServices;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Who speaks in a message of a Messages request.</summary>
internal enum HistoryRole : byte
{
    /// <summary>Nobody that there is.</summary>
    Unknown,

    /// <summary><c>user</c>.</summary>
    User,

    /// <summary><c>assistant</c>.</summary>
    Assistant,

    /// <summary><c>system</c>.</summary>
    System,
}

/// <summary>
/// A message of a Messages request, its members found in one walk: numbers in the body's <see cref="JsonTree"/>. Of members that are there twice the first
/// counts.
/// </summary>
internal struct HistoryMessage
{
    /// <summary>Who speaks.</summary>
    public HistoryRole Role { get; private set; }

    /// <summary>Whether an instruction holds only until the user's next message.</summary>
    public bool IsCleared { get; private set; }

    /// <summary>A string, or blocks.</summary>
    public int Content { get; private set; }

    /// <summary>Reads all messages; none of what is no array.</summary>
    public static void ReadAll(scoped in JsonTree tree, int messages, List<HistoryMessage> all)
    {
        if (!tree.IsArray(messages)) return;
        var (count, behind) = (0, tree.Behind(messages));
        for (var at = messages + 1; at < behind; at = tree.Behind(at)) count++;
        // Counted first, for a list that grows leaves three times its size behind.
        CollectionsMarshal.SetCount(all, count);
        var next = messages + 1;
        foreach (ref var message in CollectionsMarshal.AsSpan(all))
        {
            message.Read(tree, next);
            next = tree.Behind(next);
        }
    }

    private void Read(scoped in JsonTree tree, int message)
    {
        var (role, content, clears) = (0, 0, 0);
        if (tree.IsObject(message))
        {
            for (var (at, behind) = (message + 1, tree.Behind(message)); at < behind; at = tree.Behind(at + 1))
            {
                var member = tree.Inside(at);
                if (role == 0 && JsonText.IsWord(member, "role"u8)) role = at + 1;
                else if (content == 0 && JsonText.IsWord(member, "content"u8)) content = at + 1;
                else if (clears == 0 && JsonText.IsWord(member, "clear_at"u8)) clears = at + 1;
            }
        }

        Role = tree.Is(role, "user"u8) ? HistoryRole.User
            : tree.Is(role, "assistant"u8) ? HistoryRole.Assistant
            : tree.Is(role, "system"u8) ? HistoryRole.System
            : HistoryRole.Unknown;
        IsCleared = tree.Is(clears, "next_user_message"u8);
        Content = content;
    }
}
