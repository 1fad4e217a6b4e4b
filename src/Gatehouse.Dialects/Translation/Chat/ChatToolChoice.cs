using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>How a client lets a model choose among tools.</summary>
internal enum ToolChoiceKind : byte
{
    /// <summary>It does not say.</summary>
    Unset,

    /// <summary>As the model likes.</summary>
    Auto,

    /// <summary>No tool.</summary>
    None,

    /// <summary>At least one.</summary>
    Required,

    /// <summary>This one.</summary>
    Named,

    /// <summary>The tool that stands in for an output format.</summary>
    Format,
}

/// <summary><c>tool_choice</c> in all its forms, or <c>function_call</c>, the form from before tools.</summary>
internal ref struct ChatToolChoice
{
    /// <summary>The choice.</summary>
    public ToolChoiceKind Kind { get; private set; }

    /// <summary>The name of the tool that must be called, for <see cref="ToolChoiceKind.Named"/>.</summary>
    public JsonView Name { get; private set; }

    /// <summary>The tools that may be called, as references; no value when all may.</summary>
    public JsonView Allowed { get; private set; }

    /// <summary>Any tool, but one.</summary>
    public static ChatToolChoice Any => new() { Kind = ToolChoiceKind.Required };

    /// <summary>The tool that stands in for an output format.</summary>
    public static ChatToolChoice Format => new() { Kind = ToolChoiceKind.Format };

    /// <summary>Reads the choice; one that can't be read refuses the request.</summary>
    public static ChatToolChoice Read(ChatFields fields, ChatEdgeRequest request)
    {
        var choice = default(ChatToolChoice);
        if (!fields.ToolChoice.IsNullOrAbsent) choice.ReadChoice(fields.ToolChoice, request);
        else if (!fields.FunctionCall.IsNullOrAbsent) choice.ReadFunctionCall(fields.FunctionCall, request);
        return choice;
    }

    /// <summary>Whether a tool may be called.</summary>
    /// <param name="name">The tool's name.</param>
    public readonly bool Allows(JsonView name)
    {
        if (!Allowed.Exists) return true;
        foreach (var allowed in Allowed.Items)
        {
            if (SameText(NameOf(allowed), name)) return true;
        }

        return false;
    }

    /// <summary>The name in a reference to a tool, or in a tool: <c>function.name</c>, <c>custom.name</c> or <c>name</c>.</summary>
    public static JsonView NameOf(JsonView tool)
    {
        if (tool["function"u8]["name"u8] is { IsString: true } function) return function;
        return tool["custom"u8]["name"u8] is { IsString: true } custom ? custom : tool["name"u8];
    }

    private static bool SameText(JsonView one, JsonView other) =>
        one.IsString && other.IsString && (one.SameBytes(other) || (one.Escaped.Contains((byte)'\\') || other.Escaped.Contains((byte)'\\')) && one.Text() == other.Text());

    private void ReadChoice(JsonView value, ChatEdgeRequest request)
    {
        var type = value.IsString ? value : value["type"u8];
        if (type.Is("auto"u8)) Kind = ToolChoiceKind.Auto;
        else if (type.Is("none"u8)) Kind = ToolChoiceKind.None;
        else if (type.Is("required"u8) || type.Is("any"u8)) Kind = ToolChoiceKind.Required;
        else if (type.Is("allowed_tools"u8)) ReadAllowed(value["allowed_tools"u8].IsObject ? value["allowed_tools"u8] : value, request);
        else if (value.IsObject && NameOf(value) is { IsString: true } name) SetNamed(name);
        else request.Refuse("tool_choice", "'tool_choice' must be auto, none, required, allowed_tools, or name a function or custom tool.");
    }

    private void ReadAllowed(JsonView allowed, ChatEdgeRequest request)
    {
        Kind = allowed["mode"u8].Is("required"u8) ? ToolChoiceKind.Required : ToolChoiceKind.Auto;
        Allowed = allowed["tools"u8];
        if (!Allowed.IsArray) request.Refuse("tool_choice.allowed_tools.tools", "'allowed_tools.tools' must be an array of tools.");
        if (ToolNames.AreTooMany(Allowed)) request.Refuse("tool_choice.allowed_tools.tools", ToolNames.TooMany);
    }

    private void ReadFunctionCall(JsonView value, ChatEdgeRequest request)
    {
        if (value.Is("auto"u8)) Kind = ToolChoiceKind.Auto;
        else if (value.Is("none"u8)) Kind = ToolChoiceKind.None;
        else if (value["name"u8].IsString) SetNamed(value["name"u8]);
        else request.Refuse("function_call", "'function_call' must be auto, none, or name a function.");
    }

    private void SetNamed(JsonView name)
    {
        Kind = ToolChoiceKind.Named;
        Name = name;
    }
}
