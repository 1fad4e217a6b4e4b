using Gatehouse.ClaudeCli.Agents;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Protocol;

/// <summary>
/// Writes the lines that the program reads: one JSON object each. What callers wrote goes in as it stood, byte for byte but for line breaks between values,
/// which would end the line.
/// </summary>
internal static class InputLine
{
    /// <summary>The first line: how the program is to behave, and which tool server is served to it over these lines.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="requestId">The id that its reply will carry.</param>
    /// <param name="request">The request that it is for.</param>
    public static void Initialize(PooledBuffer output, string requestId, CliRequest request)
    {
        var json = BeginRequest(output, requestId, "initialize"u8);
        var startsAgents = request.Flags.Loop is { HasAgents: true };
        if (startsAgents)
        {
            // Either name, as versions go.
            json.Raw("hooks"u8, "{\"PreToolUse\":[{\"matcher\":\"Task|Agent\",\"hookCallbackIds\":[\"agents\"]}]}"u8);
            json.Name("agents"u8);
            AgentDefinition.Write(json, request.Agents.Definitions, request.Tools.Names);
        }
        else
        {
            json.BeginObject("hooks"u8);
            json.EndObject();
        }

        json.BeginArray("sdkMcpServers"u8);
        if (request.Tools.Count > 0) json.String(request.Flags.Loop is null ? ToolNames.Server : ToolNames.Bench);
        json.EndArray();
        // Without it the program would use its own prompt; an empty one stands for none.
        json.BeginArray("systemPrompt"u8);
        foreach (var text in request.System) json.String(text);
        json.EndArray();
        EndRequest(json);
    }

    /// <summary>Sets how many tokens the model may think; 0 for none.</summary>
    public static void ThinkingBudget(PooledBuffer output, string requestId, long tokens)
    {
        var json = BeginRequest(output, requestId, "set_max_thinking_tokens"u8);
        json.Name("max_thinking_tokens"u8);
        json.Number(tokens);
        EndRequest(json);
    }

    /// <summary>Asks the program to stop what it does: an answer that comes in, or a wait for a tool.</summary>
    public static void Interrupt(PooledBuffer output, string requestId) => EndRequest(BeginRequest(output, requestId, "interrupt"u8));

    /// <summary>A message of the user's.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="content">A string or an array of blocks.</param>
    /// <param name="asks">Whether the model is to answer; false only adds it to the history.</param>
    public static void User(PooledBuffer output, ReadOnlySpan<byte> content, bool asks)
    {
        var from = output.Length;
        var json = new JsonWriter(output);
        json.BeginObject();
        json.String("type"u8, "user"u8);
        json.BeginObject("message"u8);
        json.String("role"u8, "user"u8);
        json.Name("content"u8);
        json.Raw(content);
        json.EndObject();
        EndMessage(json);
        if (!asks)
        {
            json.Name("shouldQuery"u8);
            json.Bool(false);
        }

        json.EndObject();
        output.FlattenLines(from);
    }

    /// <summary>A message that the model wrote earlier. Each needs an id of its own: the program takes several with one id for one message.</summary>
    public static void Assistant(PooledBuffer output, string id, string model, ReadOnlySpan<byte> content)
    {
        var from = output.Length;
        var json = new JsonWriter(output);
        json.BeginObject();
        json.String("type"u8, "assistant"u8);
        json.BeginObject("message"u8);
        json.String("id"u8, id);
        json.String("type"u8, "message"u8);
        json.String("role"u8, "assistant"u8);
        json.String("model"u8, model);
        json.Name("content"u8);
        json.Raw(content);
        json.Name("stop_reason"u8);
        json.Null();
        json.Name("stop_sequence"u8);
        json.Null();
        json.BeginObject("usage"u8);
        json.Name("input_tokens"u8);
        json.Number(0);
        json.Name("output_tokens"u8);
        json.Number(0);
        json.EndObject();
        json.EndObject();
        EndMessage(json);
        json.EndObject();
        output.FlattenLines(from);
    }

    /// <summary>Answers a message that the program sent to the tool server.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="requestId">The program's request.</param>
    /// <param name="message">The JSON-RPC answer.</param>
    public static void ToolServerSays(PooledBuffer output, string requestId, ReadOnlySpan<byte> message)
    {
        var from = output.Length;
        var json = BeginReply(output, requestId);
        json.BeginObject("response"u8);
        json.Name("mcp_response"u8);
        json.Raw(message);
        json.EndObject();
        EndReply(json);
        output.FlattenLines(from);
    }

    /// <summary>Answers a hook that asks before a tool is run: it may be, with this input.</summary>
    public static void HookSays(PooledBuffer output, string requestId, ReadOnlySpan<byte> toolInput)
    {
        var from = output.Length;
        var json = BeginReply(output, requestId);
        json.BeginObject("response"u8);
        json.BeginObject("hookSpecificOutput"u8);
        json.String("hookEventName"u8, "PreToolUse"u8);
        json.Raw("updatedInput"u8, toolInput);
        json.EndObject();
        json.EndObject();
        EndReply(json);
        output.FlattenLines(from);
    }

    /// <summary>Lets the program do what it asked about, or refuses what is not known here.</summary>
    public static void Refuse(PooledBuffer output, string requestId, string reason)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        json.String("type"u8, "control_response"u8);
        json.BeginObject("response"u8);
        json.String("subtype"u8, "error"u8);
        json.String("request_id"u8, requestId);
        json.String("error"u8, reason);
        json.EndObject();
        json.EndObject();
    }

    private static void EndMessage(JsonWriter json)
    {
        json.Name("parent_tool_use_id"u8);
        json.Null();
        json.String("session_id"u8, ""u8);
    }

    private static JsonWriter BeginRequest(PooledBuffer output, string requestId, ReadOnlySpan<byte> subtype)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        json.String("type"u8, "control_request"u8);
        json.String("request_id"u8, requestId);
        json.BeginObject("request"u8);
        json.String("subtype"u8, subtype);
        return json;
    }

    private static void EndRequest(JsonWriter json)
    {
        json.EndObject();
        json.EndObject();
    }

    private static JsonWriter BeginReply(PooledBuffer output, string requestId)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        json.String("type"u8, "control_response"u8);
        json.BeginObject("response"u8);
        json.String("subtype"u8, "success"u8);
        json.String("request_id"u8, requestId);
        return json;
    }

    private static void EndReply(JsonWriter json)
    {
        json.EndObject();
        json.EndObject();
    }
}
