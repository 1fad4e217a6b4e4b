using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// Calls of the tools that a client runs under a kind of their own, both ways: an item of the history as a function's name and arguments, and a
/// function's arguments as the item that the client expects.
/// </summary>
internal static class CallItems
{
    /// <summary>The tool that an item of the history calls, as the upstream knows it.</summary>
    public static ToolName Tool(ItemKind kind, JsonView item, ResponsesEdgeRequest attempt)
    {
        switch (kind)
        {
            case ItemKind.LocalShellCall: return attempt.Names.Add("local_shell"u8, default, ToolKind.LocalShell);
            case ItemKind.ShellCall: return attempt.Names.Add("shell"u8, default, ToolKind.Shell);
            case ItemKind.ApplyPatchCall: return attempt.Names.Add("apply_patch"u8, default, ToolKind.ApplyPatch);
            case ItemKind.ToolSearchCall: return attempt.Names.Add("tool_search"u8, default, ToolKind.ToolSearch);
        }

        return Tool(kind, item["name"u8], item["namespace"u8], attempt);
    }

    /// <summary>A function or a free-form tool as the upstream knows it.</summary>
    public static ToolName Tool(ItemKind kind, JsonView name, JsonView toolNamespace, ResponsesEdgeRequest attempt)
    {
        attempt.Scratch.Clear();
        _ = name.TryAppendPlain(attempt.Scratch);
        var length = attempt.Scratch.Length;
        _ = toolNamespace.TryAppendPlain(attempt.Scratch);
        var both = attempt.Scratch.Written;
        return attempt.Names.Add(both[..length], both[length..], kind == ItemKind.CustomCall ? ToolKind.Custom : ToolKind.Function);
    }

    /// <summary>Writes the arguments of an item that is no <c>function_call</c> as an object.</summary>
    public static void WriteArguments(JsonWriter json, ItemKind kind, JsonView item)
    {
        if (kind == ItemKind.ToolSearchCall)
        {
            var arguments = item["arguments"u8];
            json.Raw(arguments.IsObject ? arguments.Raw : "{}"u8);
            return;
        }

        json.BeginObject();
        switch (kind)
        {
            case ItemKind.CustomCall:
                json.EscapedString(StringArgument.Name, item["input"u8].Escaped);
                break;
            case ItemKind.ApplyPatchCall:
                WriteMembers(json, item["operation"u8]);
                break;
            default:
                WriteMembers(json, item["action"u8]);
                break;
        }

        json.EndObject();
    }

    /// <summary>The prefix of the id of an item of this kind.</summary>
    public static ReadOnlySpan<byte> Prefix(ToolKind kind) => kind switch
    {
        ToolKind.LocalShell => "lsh"u8,
        ToolKind.Shell => "sh"u8,
        ToolKind.ApplyPatch => "apc"u8,
        _ => "tsc"u8,
    };

    /// <summary>Writes the members of the item that tells the client of a call: all but <c>id</c> and <c>status</c>.</summary>
    /// <param name="json">A writer outside of any object.</param>
    /// <param name="kind">What the tool is.</param>
    /// <param name="callId">The call's id, plain.</param>
    /// <param name="arguments">The function's arguments, unescaped; perhaps no JSON at all.</param>
    public static void WriteItem(JsonWriter json, ToolKind kind, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> arguments)
    {
        if (!JsonView.TryParse(arguments, out var given) || !given.IsObject) given = JsonView.Trusted("{}"u8);
        json.String("type"u8, kind switch
        {
            ToolKind.LocalShell => "local_shell_call"u8,
            ToolKind.Shell => "shell_call"u8,
            ToolKind.ApplyPatch => "apply_patch_call"u8,
            _ => "tool_search_call"u8,
        });
        json.String("call_id"u8, callId);
        switch (kind)
        {
            case ToolKind.LocalShell: WriteLocalShell(json, given); break;
            case ToolKind.Shell: WriteShell(json, given); break;
            case ToolKind.ApplyPatch: WritePatch(json, given); break;
            default:
                json.String("execution"u8, "client"u8);
                json.Raw("arguments"u8, given.Raw);
                break;
        }
    }

    private static void WriteLocalShell(JsonWriter json, JsonView given)
    {
        json.BeginObject("action"u8);
        json.String("type"u8, "exec"u8);
        WriteCommand(json, "command"u8, given["command"u8]);
        json.Raw("env"u8, given["env"u8].IsObject ? given["env"u8].Raw : "{}"u8);
        if (given["timeout_ms"u8].TryInteger(out var timeout)) json.Number("timeout_ms"u8, timeout);
        if (given["working_directory"u8].IsString) json.Raw("working_directory"u8, given["working_directory"u8].Raw);
        json.EndObject();
    }

    private static void WriteShell(JsonWriter json, JsonView given)
    {
        json.BeginObject("action"u8);
        WriteCommand(json, "commands"u8, given["commands"u8]);
        WriteNumberOrNull(json, "timeout_ms"u8, given);
        WriteNumberOrNull(json, "max_output_length"u8, given);
        json.EndObject();
    }

    private static void WritePatch(JsonWriter json, JsonView given)
    {
        json.BeginObject("operation"u8);
        json.Raw("type"u8, given["type"u8].IsString ? given["type"u8].Raw : "\"update_file\""u8);
        json.Raw("path"u8, given["path"u8].IsString ? given["path"u8].Raw : "\"\""u8);
        if (given["diff"u8].IsString) json.Raw("diff"u8, given["diff"u8].Raw);
        json.EndObject();
    }

    /// <summary>A list of strings. A model that gives one string means one.</summary>
    private static void WriteCommand(JsonWriter json, ReadOnlySpan<byte> name, JsonView command)
    {
        json.BeginArray(name);
        if (command.IsString) json.Raw(command);
        foreach (var word in command.Items)
        {
            if (word.IsString) json.Raw(word);
        }

        json.EndArray();
    }

    private static void WriteNumberOrNull(JsonWriter json, ReadOnlySpan<byte> name, JsonView given)
    {
        if (given[name].TryInteger(out var number)) json.Number(name, number);
        else json.Null(name);
    }

    private static void WriteMembers(JsonWriter json, JsonView from)
    {
        foreach (var member in from.Members)
        {
            if (member.Value.IsNullOrAbsent || member.Is("type"u8) && member.Value.Is("exec"u8)) continue;
            json.Raw(member.EscapedName, member.Value.Raw);
        }
    }
}
