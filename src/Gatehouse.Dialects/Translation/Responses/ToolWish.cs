using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>What <c>tool_choice</c> comes to.</summary>
internal enum ToolWishKind : byte
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>No tool may be called.</summary>
    None,

    /// <summary>Some tool must be called.</summary>
    Any,

    /// <summary>One tool must be called.</summary>
    One,
}

/// <summary>Reads <c>tool_choice</c> in all its forms.</summary>
internal readonly ref struct ToolWish
{
    /// <summary>What it comes to.</summary>
    public ToolWishKind Kind { get; private init; }

    /// <summary>The tool that must be called, by its name; absent where its kind says it all.</summary>
    public JsonView Name { get; private init; }

    /// <summary>The namespace of that tool.</summary>
    public JsonView Namespace { get; private init; }

    /// <summary>What that tool is.</summary>
    public ToolKind ToolKind { get; private init; }

    /// <summary>Whether a tool must be called.</summary>
    public bool Forces => Kind is ToolWishKind.Any or ToolWishKind.One;

    /// <summary>No tool may be called.</summary>
    public static ToolWish Never => new() { Kind = ToolWishKind.None };

    /// <summary>Reads it; a choice of something that is not there refuses the request.</summary>
    public static ToolWish Read(JsonView choice, ResponsesEdgeRequest attempt)
    {
        if (choice.IsNullOrAbsent || choice.Is("auto"u8)) return default;
        if (choice.Is("none"u8)) return Never;
        if (choice.Is("required"u8)) return new ToolWish { Kind = ToolWishKind.Any };
        var type = choice["type"u8];
        if (type.Is("allowed_tools"u8))
        {
            attempt.Lose(ResponsesLosses.AllowedTools);
            if (ToolNames.AreTooMany(choice["tools"u8])) attempt.Refuse("tool_choice.tools", ToolNames.TooMany);
            return new ToolWish { Kind = choice["mode"u8].Is("required"u8) ? ToolWishKind.Any : ToolWishKind.Auto };
        }

        if (type.Is("function"u8) || type.Is("custom"u8))
        {
            if (!choice["name"u8].IsString) attempt.Refuse("tool_choice.name", "The field 'tool_choice' must say which tool by its 'name'.");
            return Named(choice, type.Is("custom"u8) ? ToolKind.Custom : ToolKind.Function);
        }

        if (type.Is("local_shell"u8)) return OfKind(ToolKind.LocalShell);
        if (type.Is("shell"u8)) return OfKind(ToolKind.Shell);
        if (type.Is("apply_patch"u8)) return OfKind(ToolKind.ApplyPatch);
        if (type.StartsWith("web_search"u8) && attempt.Context.Traits.WebSearch) return OfKind(ToolKind.WebSearch);
        if (type.Is("code_interpreter"u8) && attempt.Context.Traits.CodeExecution) return OfKind(ToolKind.CodeExecution);
        attempt.Refuse("tool_choice", "This model's provider does not have the tool that 'tool_choice' asks for: choose one of the functions, or 'auto'.");
        return default;
    }

    /// <summary>The tool that must be called, as the upstream knows it; null, and the request refused, when it is not among the tools.</summary>
    public ToolName? Find(ResponsesEdgeRequest attempt)
    {
        foreach (var tool in attempt.Names.All)
        {
            if (tool.Kind != ToolKind) continue;
            if (!Name.Exists || Name.Is(tool.Name) && (Namespace.IsString ? Namespace.Is(tool.Namespace) : tool.Namespace is null)) return tool;
        }

        attempt.Refuse("tool_choice", "The tool that 'tool_choice' asks for is not among the 'tools'.");
        return null;
    }

    private static ToolWish Named(JsonView choice, ToolKind kind) =>
        new() { Kind = ToolWishKind.One, ToolKind = kind, Name = choice["name"u8], Namespace = choice["namespace"u8] };

    private static ToolWish OfKind(ToolKind kind) => new() { Kind = ToolWishKind.One, ToolKind = kind };
}
