using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// The tools that <c>tool_choice: {"type":"allowed_tools"}</c> names. The other dialects can't be told of tools that are there but not to be called, so
/// the others are left out of the request.
/// </summary>
internal readonly ref struct AllowedTools(JsonView choice)
{
    private readonly JsonView _choice = choice;

    /// <summary>Whether the choice limits anything.</summary>
    public bool Limits => _choice["type"u8].Is("allowed_tools"u8);

    /// <summary>Whether the model must call one of them.</summary>
    public bool MustCall => _choice["mode"u8].Is("required"u8);

    /// <summary>Whether a tool may stay.</summary>
    /// <param name="name">Its name, plain.</param>
    /// <param name="kind">What it is.</param>
    public bool Allows(ReadOnlySpan<byte> name, ToolKind kind)
    {
        if (!Limits) return true;
        foreach (var tool in _choice["tools"u8].Items)
        {
            var wanted = tool["name"u8];
            if (wanted.IsString ? wanted.Is(name) : IsOfKind(tool["type"u8], kind)) return true;
        }

        return false;
    }

    private static bool IsOfKind(JsonView type, ToolKind kind) => kind switch
    {
        ToolKind.LocalShell => type.Is("local_shell"u8),
        ToolKind.Shell => type.Is("shell"u8),
        ToolKind.ApplyPatch => type.Is("apply_patch"u8),
        ToolKind.ToolSearch => type.Is("tool_search"u8),
        ToolKind.CodeExecution => type.Is("code_interpreter"u8),
        ToolKind.Mcp => type.Is("mcp"u8),
        ToolKind.WebSearch => type.StartsWith("web_search"u8),
        _ => false,
    };
}
