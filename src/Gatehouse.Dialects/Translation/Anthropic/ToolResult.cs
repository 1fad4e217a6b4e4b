using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// A <c>tool_result</c> block, its members found in one walk: numbers in the body's <see cref="JsonTree"/>. Of members that are there twice the first counts.
/// </summary>
internal struct ToolResult
{
    /// <summary>Whether the block is one.</summary>
    public bool IsResult { get; private set; }

    /// <summary>The call's id.</summary>
    public int CallId { get; private set; }

    /// <summary>A string, blocks, or nothing.</summary>
    public int Content { get; private set; }

    /// <summary>Whether the call failed.</summary>
    public bool IsError { get; private set; }

    /// <summary>Its mark for the prompt cache, or nothing.</summary>
    public int CacheControl { get; private set; }

    /// <summary>Whether it is nothing but text, as most are: all of it goes on as it stands.</summary>
    public readonly bool IsPlainText(scoped in JsonTree tree) => !IsError && CacheControl == 0 && tree.IsString(Content);

    /// <summary>Whether it has content that is neither text nor blocks.</summary>
    public readonly bool IsContentWrong(scoped in JsonTree tree) => Content != 0 && tree.First(Content) is not ((byte)'"' or (byte)'[' or (byte)'n');

    /// <summary>Reads a block.</summary>
    public static ToolResult Read(scoped in JsonTree tree, int block)
    {
        var (type, id, content, error, mark) = (0, 0, 0, 0, 0);
        if (tree.IsObject(block))
        {
            for (var (at, behind) = (block + 1, tree.Behind(block)); at < behind; at = tree.Behind(at + 1))
            {
                var member = tree.Inside(at);
                if (type == 0 && JsonText.IsWord(member, "type"u8)) type = at + 1;
                else if (id == 0 && JsonText.IsWord(member, "tool_use_id"u8)) id = at + 1;
                else if (content == 0 && JsonText.IsWord(member, "content"u8)) content = at + 1;
                else if (error == 0 && JsonText.IsWord(member, "is_error"u8)) error = at + 1;
                else if (mark == 0 && JsonText.IsWord(member, "cache_control"u8)) mark = at + 1;
            }
        }

        return new ToolResult
        {
            IsResult = tree.Is(type, "tool_result"u8),
            CallId = id,
            Content = content,
            IsError = error != 0 && tree.First(error) == 't',
            CacheControl = mark,
        };
    }
}
