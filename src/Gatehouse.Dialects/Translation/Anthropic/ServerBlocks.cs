using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// The blocks of an answer that Anthropic's own tools gave rise to (a search and what it found, code and its output, calls of MCP servers), put together as they
/// must come back on the next turn: byte for byte, for what a search found is encrypted, and in their order. Not thread-safe.
/// </summary>
internal sealed class ServerBlocks : IDisposable
{
    /// <summary>More than any answer holds; what is larger is left out as a whole.</summary>
    private const int Most = 2 * 1024 * 1024;

    /// <summary>More blocks than any answer has between two texts: looking for one among them must stay cheap.</summary>
    private const int MostBlocks = 256;

    private readonly PooledBuffer _whole = new();
    private readonly PooledBuffer _head = new();
    private readonly PooledBuffer _input = new();
    private long _open = -1;
    private int _count;

    /// <summary>Whether a block is a call of one of those tools.</summary>
    public static bool IsCall(JsonView type) => type.Is("server_tool_use"u8) || type.Is("mcp_tool_use"u8);

    /// <summary>Whether a block is what one of those tools gave.</summary>
    public static bool IsResult(JsonView type) => type.Escaped.EndsWith("_tool_result"u8);

    /// <summary>A block begins. False when it is none of theirs.</summary>
    public bool Begin(long index, JsonView block)
    {
        var type = block["type"u8];
        if (IsResult(type))
        {
            Add(block.Raw);
            return true;
        }

        if (!IsCall(type)) return false;
        Stop(_open);
        _open = index;
        _head.Clear();
        _input.Clear();
        foreach (var member in block.Members)
        {
            if (member.Is("input"u8)) continue;
            _head.Append(_head.Length == 0 ? "{\""u8 : ",\""u8);
            _head.Append(member.EscapedName);
            _head.Append("\":"u8);
            _head.Append(member.Value.Raw);
        }

        if (block["input"u8] is { IsObject: true, IsEmpty: false } input) _input.Append(input.Raw);
        return true;
    }

    /// <summary>A piece of a call's input comes.</summary>
    public void Delta(long index, JsonView delta)
    {
        if (index == _open && index >= 0) _ = delta["partial_json"u8].TryAppendPlain(_input);
    }

    /// <summary>A block ends.</summary>
    public void Stop(long index)
    {
        if (index != _open || index < 0) return;
        _open = -1;
        if (_input.Length == 0) _input.Append("{}"u8);
        if (!JsonView.TryParse(_input.Written, out var input) || !input.IsObject) return;
        _head.Append(",\"input\":"u8);
        _head.Append(_input.Written);
        _head.Append((byte)'}');
        Add(_head.Written);
    }

    /// <summary>
    /// Appends the blocks since the last time, separated by commas; false when there are none. A call without its result, at which the answer paused, is left
    /// out: Anthropic refuses it in a conversation that goes on, and so it does a result without its call.
    /// </summary>
    public bool TryTake(PooledBuffer output)
    {
        if (_whole.Length == 0) return false;
        _whole.Append((byte)']');
        var blocks = JsonView.Trusted(_whole.Written);
        var start = output.Length;
        foreach (var block in blocks.Items)
        {
            if (!HasPartner(blocks, block)) continue;
            if (output.Length > start) output.Append((byte)',');
            output.Append(block.Raw);
        }

        _whole.Clear();
        _count = 0;
        return output.Length > start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _whole.Dispose();
        _head.Dispose();
        _input.Dispose();
    }

    private void Add(ReadOnlySpan<byte> block)
    {
        if (_whole.Length + block.Length > Most || _count++ >= MostBlocks) return;
        _whole.Append(_whole.Length == 0 ? (byte)'[' : (byte)',');
        _whole.Append(block);
    }

    private static bool HasPartner(JsonView blocks, JsonView block)
    {
        var isResult = IsResult(block["type"u8]);
        var id = block[isResult ? "tool_use_id"u8 : "id"u8];
        if (!id.IsString) return false;
        foreach (var other in blocks.Items)
        {
            if (IsResult(other["type"u8]) != isResult && other[isResult ? "id"u8 : "tool_use_id"u8].SameBytes(id)) return true;
        }

        return false;
    }
}
