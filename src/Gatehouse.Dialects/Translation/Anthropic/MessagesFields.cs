using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// The top-level fields of a Messages request, each where it lies. Fields that no other dialect has any place for are noted as losses on the way, and
/// not kept.
/// </summary>
internal ref struct MessagesFields
{
    /// <summary><c>max_tokens</c>.</summary>
    public JsonView MaxTokens;

    /// <summary>The conversation.</summary>
    public JsonView Messages;

    /// <summary><c>system</c>: a string or text blocks.</summary>
    public JsonView System;

    /// <summary><c>tools</c>.</summary>
    public JsonView Tools;

    /// <summary><c>tool_choice</c>.</summary>
    public JsonView ToolChoice;

    /// <summary><c>thinking</c>.</summary>
    public JsonView Thinking;

    /// <summary><c>output_config</c>.</summary>
    public JsonView OutputConfig;

    /// <summary><c>output_format</c>, the earlier place of <c>output_config.format</c>.</summary>
    public JsonView OutputFormat;

    /// <summary><c>stop_sequences</c>.</summary>
    public JsonView StopSequences;

    /// <summary><c>temperature</c>.</summary>
    public JsonView Temperature;

    /// <summary><c>top_p</c>.</summary>
    public JsonView TopP;

    /// <summary><c>top_k</c>.</summary>
    public JsonView TopK;

    /// <summary><c>metadata</c>.</summary>
    public JsonView Metadata;

    /// <summary><c>service_tier</c>.</summary>
    public JsonView ServiceTier;

    /// <summary><c>mcp_servers</c>.</summary>
    public JsonView McpServers;

    /// <summary>The format that the answer is held to, wherever the request says it; absent when there is none.</summary>
    public readonly JsonView Format => OutputConfig["format"u8] is { IsObject: true } format ? format : OutputFormat;

    /// <summary>Reads the fields of a request and checks the types of those that decide. What is wrong is the request's refusal.</summary>
    public static MessagesFields Read(JsonView body, MessagesEdgeRequest request)
    {
        var fields = default(MessagesFields);
        foreach (var member in body.Members)
        {
            if (!fields.Take(member)) Disclose(member, request);
        }

        fields.Check(request);
        return fields;
    }

    private bool Take(JsonMember member)
    {
        var value = member.Value;
        if (member.Is("messages"u8)) Messages = value;
        else if (member.Is("system"u8)) System = value;
        else if (member.Is("tools"u8)) Tools = value;
        else if (member.Is("tool_choice"u8)) ToolChoice = value;
        else if (member.Is("max_tokens"u8)) MaxTokens = value;
        else if (member.Is("thinking"u8)) Thinking = value;
        else if (member.Is("output_config"u8)) OutputConfig = value;
        else if (member.Is("output_format"u8)) OutputFormat = value;
        else if (member.Is("metadata"u8)) Metadata = value;
        else if (member.Is("stop_sequences"u8)) StopSequences = value;
        else if (member.Is("temperature"u8)) Temperature = value;
        else if (member.Is("top_p"u8)) TopP = value;
        else if (member.Is("top_k"u8)) TopK = value;
        else if (member.Is("service_tier"u8)) ServiceTier = value;
        else if (member.Is("mcp_servers"u8)) McpServers = value;
        else return member.Is("model"u8) || member.Is("stream"u8);
        return true;
    }

    private static void Disclose(JsonMember member, MessagesEdgeRequest request)
    {
        if (member.Value.IsNullOrAbsent) return;
        if (member.Is("thread"u8))
        {
            request.Refuse("thread", "this provider keeps no threads. Send the whole conversation in messages, without thread.");
            return;
        }

        foreach (var (name, loss) in MessagesLosses.Fields)
        {
            if (!member.Is(name)) continue;
            request.Lose(loss);
            return;
        }

        request.Lose(MessagesLosses.UnknownField);
    }

    private readonly void Check(MessagesEdgeRequest request)
    {
        if (!Messages.IsArray) request.Refuse("messages", "must be an array of messages.");
        if (!System.IsNullOrAbsent && !System.IsString && !System.IsArray) request.Refuse("system", "must be a string or an array of text blocks.");
        if (!Tools.IsNullOrAbsent && !Tools.IsArray) request.Refuse("tools", "must be an array of tools.");
        if (!ToolChoice.IsNullOrAbsent && !ToolChoice.IsObject) request.Refuse("tool_choice", "must be an object with a type.");
        if (!Thinking.IsNullOrAbsent && !Thinking.IsObject) request.Refuse("thinking", "must be an object with a type.");
        if (!OutputConfig.IsNullOrAbsent && !OutputConfig.IsObject) request.Refuse("output_config", "must be an object.");
        if (!StopSequences.IsNullOrAbsent && !StopSequences.IsArray) request.Refuse("stop_sequences", "must be an array of strings.");
        if (!MaxTokens.IsNullOrAbsent && (!MaxTokens.TryInteger(out var limit) || limit < 1)) request.Refuse("max_tokens", "must be a whole number above 0.");
        CheckNumber(Temperature, "temperature", request);
        CheckNumber(TopP, "top_p", request);
    }

    private static void CheckNumber(JsonView value, string name, MessagesEdgeRequest request)
    {
        if (!value.IsNullOrAbsent && value.Kind != JsonKind.Number) request.Refuse(name, "must be a number.");
    }
}
