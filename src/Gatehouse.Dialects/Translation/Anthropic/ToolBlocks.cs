using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>A <c>tool_use</c> block, its members found in one walk. Of members that are there twice the first counts.</summary>
internal ref struct ToolUse
{
    /// <summary>The call's id.</summary>
    public JsonView Id { get; private set; }

    /// <summary>The tool's name.</summary>
    public JsonView Name { get; private set; }

    /// <summary>What it is called with.</summary>
    public JsonView Input { get; private set; }

    /// <summary>Reads a block; refuses the request where the block names no call or no tool.</summary>
    public static ToolUse Read(JsonView block, Place place, MessagesEdgeRequest request)
    {
        var call = default(ToolUse);
        foreach (var member in block.Members)
        {
            if (member.Is("id"u8) && !call.Id.Exists) call.Id = member.Value;
            else if (member.Is("name"u8) && !call.Name.Exists) call.Name = member.Value;
            else if (member.Is("input"u8) && !call.Input.Exists) call.Input = member.Value;
        }

        if (!call.Id.IsString) request.Refuse($"{place}.id", "must be a string.");
        if (call.Name is not { IsString: true, IsEmpty: false }) request.Refuse($"{place}.name", "must be the name of a tool.");
        return call;
    }
}

/// <summary>A <c>tool_result</c> block, its members found in one walk.</summary>
internal ref struct ToolResult
{
    /// <summary>Whether the block is one.</summary>
    public bool IsResult { get; private set; }

    /// <summary>The call's id.</summary>
    public JsonView CallId { get; private set; }

    /// <summary>A string, blocks, or nothing.</summary>
    public JsonView Content { get; private set; }

    /// <summary>Whether the call failed.</summary>
    public bool IsError { get; private set; }

    /// <summary>Its mark for the prompt cache, or nothing.</summary>
    public JsonView CacheControl { get; private set; }

    /// <summary>Reads a block.</summary>
    public static ToolResult Read(JsonView block)
    {
        var result = default(ToolResult);
        foreach (var member in block.Members)
        {
            if (member.Is("type"u8)) result.IsResult = member.Value.Is("tool_result"u8);
            else if (member.Is("tool_use_id"u8)) result.CallId = member.Value;
            else if (member.Is("content"u8)) result.Content = member.Value;
            else if (member.Is("is_error"u8)) result.IsError = member.Value.IsTrue;
            else if (member.Is("cache_control"u8)) result.CacheControl = member.Value;
        }

        return result;
    }
}
