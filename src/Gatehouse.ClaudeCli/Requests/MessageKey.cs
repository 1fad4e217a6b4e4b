using System.Security.Cryptography;
using System.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>
/// What a message is recognised by when a client sends it again. Clients repeat a history in another spelling: as a string or as a block, with cache markers in
/// other places, without the thoughts. None of that makes it another conversation.
/// </summary>
/// <param name="High">The first half of a digest.</param>
/// <param name="Low">The second half.</param>
internal readonly record struct MessageKey(ulong High, ulong Low)
{
    /// <summary>The key of a message of the user's.</summary>
    public static MessageKey OfUser(JsonView content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("user"u8);
        if (content.IsString) Text(hash, content);
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("text"u8)) Text(hash, block["text"u8]);
            else Members(hash, block);
        }

        return End(hash);
    }

    /// <summary>The key of an answer, as a client sends it back.</summary>
    public static MessageKey OfAssistant(JsonView content)
    {
        var text = new StringBuilder();
        var calls = new List<string>();
        if (content.IsString) text.Append(content.Text());
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("text"u8)) text.Append(block["text"u8].Text());
            else if (block["type"u8].Is("tool_use"u8)) calls.Add(block["id"u8].Text() ?? "");
        }

        return OfAssistant(text.ToString(), calls);
    }

    /// <summary>The key of an answer that was given.</summary>
    /// <param name="text">All of its text.</param>
    /// <param name="calls">The ids of its tool calls, in order.</param>
    public static MessageKey OfAssistant(string text, IEnumerable<string> calls)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("assistant"u8);
        // Clients trim what they keep.
        hash.AppendData(Encoding.UTF8.GetBytes(text.Trim()));
        foreach (var call in calls)
        {
            hash.AppendData("\0"u8);
            hash.AppendData(Encoding.UTF8.GetBytes(call));
        }

        return End(hash);
    }

    private static void Text(IncrementalHash hash, JsonView text)
    {
        hash.AppendData("\0text\0"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(text.Text() ?? ""));
    }

    // Cache markers wander from turn to turn.
    private static void Members(IncrementalHash hash, JsonView block)
    {
        foreach (var member in block.Members)
        {
            if (member.Is("cache_control"u8)) continue;
            hash.AppendData("\0"u8);
            hash.AppendData(member.EscapedName);
            if (member.Value.IsArray) Items(hash, member.Value);
            else hash.AppendData(member.Value.Raw);
        }
    }

    private static void Items(IncrementalHash hash, JsonView items)
    {
        foreach (var item in items.Items)
        {
            if (item.IsObject) Members(hash, item);
            else hash.AppendData(item.Raw);
        }
    }

    private static MessageKey End(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new MessageKey(BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[8..]));
    }
}
