using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Protocol;

/// <summary>
/// The caller's tools as the program sees them: a tool server (Model Context Protocol) over the program's own lines. A call is not run here: it stays open
/// until the caller's next request brings its result, so that the model sees the true one. Used under its conversation's lock.
/// </summary>
/// <param name="tools">The tools as the JSON array that <c>tools/list</c> answers with.</param>
internal sealed class ToolServer(ReadOnlyMemory<byte> tools)
{
    private readonly Dictionary<string, OpenCall> _open = new(StringComparer.Ordinal);

    /// <summary>The ids of the calls that wait for a result.</summary>
    public IReadOnlyCollection<string> Waiting => _open.Keys;

    /// <summary>Takes a message of the program's. True when <paramref name="reply"/> holds the line to answer with; false when the call waits.</summary>
    public bool Take(string requestId, JsonView message, PooledBuffer reply)
    {
        var method = message["method"u8];
        if (method.Is("tools/call"u8) && message["params"u8]["_meta"u8]["claudecode/toolUseId"u8].Text() is { } id)
        {
            _open[id] = new OpenCall(requestId, message["id"u8].Raw.ToArray());
            return false;
        }

        using var answer = new PooledBuffer();
        var json = new JsonWriter(answer);
        json.BeginObject();
        json.String("jsonrpc"u8, "2.0"u8);
        // A notification has no id, but the program waits for an answer all the same.
        json.Raw("id"u8, message["id"u8] is { Exists: true } rpc ? rpc.Raw : "0"u8);
        if (method.Is("initialize"u8)) Initialized(json, message["params"u8]["protocolVersion"u8]);
        else if (method.Is("tools/list"u8)) Listed(json);
        else Empty(json);
        json.EndObject();
        InputLine.ToolServerSays(reply, requestId, answer.Written);
        return true;
    }

    /// <summary>Writes the line that answers an open call; false when there is no such call.</summary>
    /// <param name="id">The id of the tool use.</param>
    /// <param name="content">The result's content as the caller gave it: a string, or blocks of text and images.</param>
    /// <param name="isError">Whether the tool failed.</param>
    /// <param name="line">Where to write.</param>
    public bool TryAnswer(string id, JsonView content, bool isError, PooledBuffer line)
    {
        if (!_open.Remove(id, out var call)) return false;
        using var answer = new PooledBuffer();
        var json = new JsonWriter(answer);
        json.BeginObject();
        json.String("jsonrpc"u8, "2.0"u8);
        json.Raw("id"u8, call.RpcId);
        json.BeginObject("result"u8);
        json.BeginArray("content"u8);
        if (content.IsString) Text(json, content.Escaped);
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("image"u8)) Image(json, block["source"u8]);
            else Text(json, block["text"u8].Escaped);
        }

        json.EndArray();
        json.Bool("isError"u8, isError);
        json.EndObject();
        json.EndObject();
        InputLine.ToolServerSays(line, call.RequestId, answer.Written);
        return true;
    }

    private static void Text(JsonWriter json, ReadOnlySpan<byte> escaped)
    {
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.EscapedString("text"u8, escaped);
        json.EndObject();
    }

    private static void Image(JsonWriter json, JsonView source)
    {
        json.BeginObject();
        json.String("type"u8, "image"u8);
        json.EscapedString("data"u8, source["data"u8].Escaped);
        json.EscapedString("mimeType"u8, source["media_type"u8].Escaped);
        json.EndObject();
    }

    private static void Initialized(JsonWriter json, JsonView version)
    {
        json.BeginObject("result"u8);
        json.Raw("protocolVersion"u8, version.IsString ? version.Raw : "\"2025-11-25\""u8);
        json.BeginObject("capabilities"u8);
        json.BeginObject("tools"u8);
        json.EndObject();
        json.EndObject();
        json.BeginObject("serverInfo"u8);
        json.String("name"u8, ToolNames.Server);
        json.String("version"u8, "1"u8);
        json.EndObject();
        json.EndObject();
    }

    private void Listed(JsonWriter json)
    {
        json.BeginObject("result"u8);
        json.Raw("tools"u8, tools.Span);
        json.EndObject();
    }

    private static void Empty(JsonWriter json)
    {
        json.BeginObject("result"u8);
        json.EndObject();
    }

    /// <summary>A call that waits: the program's request, and the id of the message in it as it stood.</summary>
    private sealed record OpenCall(string RequestId, byte[] RpcId);
}
