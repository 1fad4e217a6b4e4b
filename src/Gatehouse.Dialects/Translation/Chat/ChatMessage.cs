using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>The members of a chat message, each where it lies. Read in one pass: a message may be long, and asking for one member after the other would scan it each time.</summary>
internal ref struct ChatMessage
{
    /// <summary><c>content</c>.</summary>
    public JsonView Content { get; private set; }

    /// <summary><c>name</c>.</summary>
    public JsonView Name { get; private set; }

    /// <summary><c>refusal</c>.</summary>
    public JsonView Refusal { get; private set; }

    /// <summary><c>audio</c>.</summary>
    public JsonView Audio { get; private set; }

    /// <summary><c>annotations</c>.</summary>
    public JsonView Annotations { get; private set; }

    /// <summary><c>tool_calls</c>.</summary>
    public JsonView ToolCalls { get; private set; }

    /// <summary><c>function_call</c>, the form from before tools.</summary>
    public JsonView FunctionCall { get; private set; }

    /// <summary><c>tool_call_id</c>.</summary>
    public JsonView ToolCallId { get; private set; }

    /// <summary><c>reasoning_content</c>, or <c>reasoning</c>, as other hosts' clients have it.</summary>
    public JsonView ReasoningContent { get; private set; }

    /// <summary><c>reasoning_details</c>, in which OpenRouter's clients carry opaque state.</summary>
    public JsonView ReasoningDetails { get; private set; }

    /// <summary><c>cache_control</c>.</summary>
    public JsonView CacheControl { get; private set; }

    /// <summary>Whether there was a member that nobody knows.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>Reads a message.</summary>
    public static ChatMessage Read(JsonView message)
    {
        var read = default(ChatMessage);
        foreach (var member in message.Members)
        {
            if (member.Is("content"u8)) read.Content = member.Value;
            else if (member.Is("tool_calls"u8)) read.ToolCalls = member.Value;
            else if (member.Is("tool_call_id"u8)) read.ToolCallId = member.Value;
            else if (member.Is("name"u8)) read.Name = member.Value;
            else if (member.Is("refusal"u8)) read.Refusal = member.Value;
            else if (member.Is("reasoning_content"u8)) read.ReasoningContent = member.Value;
            else if (member.Is("reasoning_details"u8)) read.ReasoningDetails = member.Value;
            else if (member.Is("cache_control"u8)) read.CacheControl = member.Value;
            else if (member.Is("function_call"u8)) read.FunctionCall = member.Value;
            else if (member.Is("audio"u8)) read.Audio = member.Value;
            else if (member.Is("annotations"u8)) read.Annotations = member.Value;
            else if (member.Is("reasoning"u8)) read.ReasoningContent = read.ReasoningContent.IsString ? read.ReasoningContent : member.Value;
            else read.HasUnknown |= !member.Value.IsNullOrAbsent && !member.Is("role"u8);
        }

        return read;
    }
}
