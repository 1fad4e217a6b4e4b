using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>What an item of <c>input</c> is.</summary>
internal enum ItemKind : byte
{
    /// <summary>Nothing known.</summary>
    Unknown,

    /// <summary>A message of the user's.</summary>
    User,

    /// <summary>A message of the model's.</summary>
    Assistant,

    /// <summary>A message of the system's or the developer's.</summary>
    System,

    /// <summary><c>function_call</c>.</summary>
    FunctionCall,

    /// <summary><c>custom_tool_call</c>.</summary>
    CustomCall,

    /// <summary><c>local_shell_call</c>.</summary>
    LocalShellCall,

    /// <summary><c>shell_call</c>.</summary>
    ShellCall,

    /// <summary><c>apply_patch_call</c>.</summary>
    ApplyPatchCall,

    /// <summary><c>tool_search_call</c>, run by the client.</summary>
    ToolSearchCall,

    /// <summary><c>function_call_output</c> or <c>custom_tool_call_output</c>.</summary>
    Output,

    /// <summary><c>local_shell_call_output</c>.</summary>
    LocalShellOutput,

    /// <summary><c>shell_call_output</c>.</summary>
    ShellOutput,

    /// <summary><c>apply_patch_call_output</c>.</summary>
    ApplyPatchOutput,

    /// <summary><c>tool_search_output</c>.</summary>
    ToolSearchOutput,

    /// <summary><c>reasoning</c>.</summary>
    Reasoning,

    /// <summary>Tools that join in the middle: <c>additional_tools</c>. Carried with the others.</summary>
    AdditionalTools,

    /// <summary><c>configuration_update</c>: read beforehand.</summary>
    ConfigurationUpdate,

    /// <summary>Calls of the provider's own tools and their results, which can't be repeated to another one.</summary>
    Hosted,

    /// <summary><c>mcp_call</c> or <c>code_interpreter_call</c>.</summary>
    ProviderCall,

    /// <summary><c>web_search_call</c>.</summary>
    WebSearchCall,

    /// <summary><c>compaction</c> that nobody expanded.</summary>
    Compaction,
}

/// <summary>An item of <c>input</c>: what it is, where it lies in the body, and to which other one it belongs.</summary>
internal struct InputItem
{
    /// <summary>Where it lies in the body.</summary>
    public JsonSpot Spot;

    /// <summary>What it is.</summary>
    public ItemKind Kind;

    /// <summary>A call's result, or a result's call, by index; -1 for none.</summary>
    public int Partner;

    /// <summary>Where its opened state begins in <see cref="ResponsesEdgeRequest.States"/>.</summary>
    public int StateStart;

    /// <summary>The length of its opened state; 0 for none.</summary>
    public int StateLength;

    /// <summary>Whether it is a call that the client answers.</summary>
    public readonly bool IsCall => Kind is >= ItemKind.FunctionCall and <= ItemKind.ToolSearchCall;

    /// <summary>Whether it is a call's result.</summary>
    public readonly bool IsOutput => Kind is >= ItemKind.Output and <= ItemKind.ToolSearchOutput;

    /// <summary>Whether the model said it.</summary>
    public readonly bool IsModels => IsCall || Kind is ItemKind.Assistant or ItemKind.Reasoning;
}
