using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>The calls of MCP servers that the provider made in an answer: each becomes an item when its result is there. Not thread-safe.</summary>
internal sealed class McpTable(ResponsesToAnthropicRequest attempt, ResponsesStream stream) : IDisposable
{
    private readonly List<Call> _all = [];

    /// <summary>A call starts.</summary>
    public void Start(long index, JsonView content)
    {
        var call = new Call(index, content["id"u8].Raw.ToArray(), content["name"u8].Escaped.ToArray(), content["server_name"u8].Escaped.ToArray());
        if (content["input"u8] is { IsObject: true, IsEmpty: false } input) JsonText.WriteEscaped(call.Input, input.Raw);
        _all.Add(call);
    }

    /// <summary>Takes a piece of a call's input; false when the block is no such call.</summary>
    public bool Delta(long index, JsonView delta)
    {
        if (Find(index) is not { } call || !delta["type"u8].Is("input_json_delta"u8)) return false;
        call.Input.Append(delta["partial_json"u8].Escaped);
        return true;
    }

    /// <summary>A call is complete, and waits for its result; false when the block is no such call.</summary>
    public bool Stop(long index)
    {
        if (Find(index) is not { } call) return false;
        call.Index = -1;
        return true;
    }

    /// <summary>Tells of the call that this is the result of.</summary>
    public void Result(JsonView content)
    {
        foreach (var call in _all)
        {
            if (call.IsDone || !content["tool_use_id"u8].Raw.SequenceEqual(call.Id)) continue;
            call.IsDone = true;
            if (call.Input.Length == 0) call.Input.Append("{}"u8);
            using var output = new PooledBuffer();
            AppendText(content["content"u8], output);
            stream.AddMcpCall(call.Server, call.Name, call.Input.Written, output.Written, content["is_error"u8].IsTrue);
            return;
        }

        attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    /// <summary>The answer ends: calls without a result, at which it paused, are not told.</summary>
    public void StopAll()
    {
        foreach (var call in _all) attempt.Lose(ResponsesToAnthropicLosses.ServerTool, !call.IsDone);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var call in _all) call.Input.Dispose();
        _all.Clear();
    }

    private static void AppendText(JsonView content, PooledBuffer output)
    {
        if (content.IsString) output.Append(content.Escaped);
        foreach (var part in content.Items)
        {
            if (!part["text"u8].IsString) continue;
            if (output.Length > 0) output.Append("\\n"u8);
            output.Append(part["text"u8].Escaped);
        }
    }

    private Call? Find(long index)
    {
        foreach (var call in _all)
        {
            if (call.Index == index && index >= 0) return call;
        }

        return null;
    }

    private sealed class Call(long index, byte[] id, byte[] name, byte[] server)
    {
        public long Index { get; set; } = index;

        public byte[] Id { get; } = id;

        public byte[] Name { get; } = name;

        public byte[] Server { get; } = server;

        public PooledBuffer Input { get; } = new();

        public bool IsDone { get; set; }
    }
}
