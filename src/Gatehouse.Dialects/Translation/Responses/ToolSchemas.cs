namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// The Responses API's tools that a client runs and that other dialects don't know, as functions: name, description and schema. The arguments that come
/// back are the members of the item that the client expects (<see cref="CallItems"/>).
/// </summary>
internal static class ToolSchemas
{
    /// <summary>The schema of a function without arguments.</summary>
    public static ReadOnlySpan<byte> None => """{"type":"object","properties":{}}"""u8;

    /// <summary>A free-form tool: one string.</summary>
    public static ReadOnlySpan<byte> Custom =>
        """{"type":"object","properties":{"input":{"type":"string","description":"The tool's whole input, as plain text."}},"required":["input"],"additionalProperties":false}"""u8;

    /// <summary><c>local_shell</c>.</summary>
    public static ReadOnlySpan<byte> LocalShell =>
        """{"type":"object","properties":{"command":{"type":"array","items":{"type":"string"},"description":"The program and its arguments."},"working_directory":{"type":"string"},"timeout_ms":{"type":"integer"},"env":{"type":"object","additionalProperties":{"type":"string"}}},"required":["command"]}"""u8;

    /// <summary><c>shell</c>.</summary>
    public static ReadOnlySpan<byte> Shell =>
        """{"type":"object","properties":{"commands":{"type":"array","items":{"type":"string"},"description":"Command lines, run one after the other."},"timeout_ms":{"type":"integer"},"max_output_length":{"type":"integer"}},"required":["commands"]}"""u8;

    /// <summary><c>apply_patch</c> as a tool of its own kind.</summary>
    public static ReadOnlySpan<byte> ApplyPatch =>
        """{"type":"object","properties":{"type":{"type":"string","enum":["create_file","update_file","delete_file"]},"path":{"type":"string"},"diff":{"type":"string","description":"A V4A diff: lines that begin with a space, + or -, under @@ lines. Not for delete_file."}},"required":["type","path"]}"""u8;

    /// <summary><c>tool_search</c> when the client gave no schema.</summary>
    public static ReadOnlySpan<byte> ToolSearch =>
        """{"type":"object","properties":{"query":{"type":"string","description":"What the tool shall be able to do."},"limit":{"type":"integer"}},"required":["query"]}"""u8;

    /// <summary>What <c>local_shell</c> is.</summary>
    public static ReadOnlySpan<byte> LocalShellText => "Runs a program on the user's computer and returns what it puts out."u8;

    /// <summary>What <c>shell</c> is.</summary>
    public static ReadOnlySpan<byte> ShellText => "Runs command lines in a shell on the user's computer and returns what they put out."u8;

    /// <summary>What <c>apply_patch</c> is.</summary>
    public static ReadOnlySpan<byte> ApplyPatchText => "Creates, changes or deletes one file on the user's computer."u8;

    /// <summary>What <c>tool_search</c> is.</summary>
    public static ReadOnlySpan<byte> ToolSearchText => "Finds further tools. Those that it finds can be called in the next step."u8;
}
