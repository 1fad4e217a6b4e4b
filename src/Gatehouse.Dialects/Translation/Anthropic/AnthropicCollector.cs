using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Collects the events of a Messages stream into the message that the same call would have brought without <c>stream</c>. Counts of the stream's end
/// replace those of its start. Not thread-safe.
/// </summary>
internal sealed class AnthropicCollector(PooledBuffer document) : StreamMap, IDisposable
{
    private readonly PooledBuffer _message = new();
    private readonly PooledBuffer _content = new();
    private readonly PooledBuffer _end = new();
    private readonly PooledBuffer _usage = new();
    private readonly BlockCollector _block = new();
    private JsonWriter? _blocks;

    /// <inheritdoc/>
    public void Dispose()
    {
        _message.Dispose();
        _content.Dispose();
        _end.Dispose();
        _usage.Dispose();
        _block.Dispose();
    }

    /// <inheritdoc/>
    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        var type = data["type"u8];
        if (type.Is("error"u8)) Fail(UpstreamErrors.OfEvent(Dialect.Anthropic, data));
        else if (type.Is("message_start"u8) && _blocks is null) Begin(data["message"u8]);
        else if (_blocks is null) return;
        else if (type.Is("content_block_start"u8))
        {
            _block.End(_blocks);
            if (data["content_block"u8] is { IsObject: true } block) _block.Begin(block);
        }
        else if (type.Is("content_block_delta"u8) && _block.IsOpen) _block.Read(data["delta"u8]);
        else if (type.Is("content_block_stop"u8)) _block.End(_blocks);
        else if (type.Is("message_delta"u8)) Take(data);
        else if (type.Is("message_stop"u8)) Write();
    }

    /// <inheritdoc/>
    protected override void OnFinish() =>
        Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => document.Clear();

    private void Begin(JsonView message)
    {
        _message.Append(message.IsObject ? message.Raw : "{}"u8);
        _blocks = new JsonWriter(_content);
        _blocks.BeginArray();
    }

    /// <summary>There may be several of these, and the last need not have everything.</summary>
    private void Take(JsonView update)
    {
        if (update["usage"u8].IsObject) Keep(_usage, update["usage"u8]);
        if (_end.Length == 0 || update["delta"u8]["stop_reason"u8].IsString) Keep(_end, update);
    }

    private static void Keep(PooledBuffer kept, JsonView value)
    {
        kept.Clear();
        kept.Append(value.Raw);
    }

    private void Write()
    {
        _block.End(_blocks!);
        _blocks!.EndArray();
        // Each member of one is looked for in the other.
        using var startLoan = IndexLoan.Take();
        using var endLoan = IndexLoan.Take();
        using var usageLoan = IndexLoan.Take();
        _ = JsonView.TryParse(_message.Written, startLoan.Index, out var message);
        _ = JsonView.TryParse(_end.Written, endLoan.Index, out var end);
        _ = JsonView.TryParse(_usage.Written, usageLoan.Index, out var usage);
        var delta = end["delta"u8];
        var json = new JsonWriter(document);
        json.BeginObject();
        foreach (var member in message.Members)
        {
            json.EscapedName(member.EscapedName);
            if (member.Is("content"u8)) json.Raw(_content.Written);
            else if (member.Is("usage"u8)) Merge(json, member.Value, usage);
            else json.Raw(Find(delta, member) is { Exists: true } last ? last : member.Value);
        }

        if (!message["content"u8].Exists) json.Raw("content"u8, _content.Written);
        if (!message["usage"u8].Exists && usage.Exists) json.Raw("usage"u8, usage.Raw);
        WriteNew(json, message, delta);
        WriteNew(json, message, end);
        json.EndObject();
        MarkEnded();
    }

    /// <summary>Writes the members that only the stream's end has, such as <c>context_management</c>.</summary>
    private static void WriteNew(JsonWriter json, JsonView message, JsonView end)
    {
        foreach (var member in end.Members)
        {
            if (!member.Is("type"u8) && !member.Is("delta"u8) && !member.Is("usage"u8) && !Find(message, member).Exists) json.Raw(member.EscapedName, member.Value.Raw);
        }
    }

    private static void Merge(JsonWriter json, JsonView start, JsonView end)
    {
        json.BeginObject();
        foreach (var member in start.Members) json.Raw(member.EscapedName, Find(end, member) is { IsNullOrAbsent: false } last ? last.Raw : member.Value.Raw);
        foreach (var member in end.Members)
        {
            if (!Find(start, member).Exists) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.EndObject();
    }

    private static JsonView Find(JsonView view, JsonMember wanted)
    {
        foreach (var member in view.Members)
        {
            if (member.EscapedName.SequenceEqual(wanted.EscapedName)) return member.Value;
        }

        return default;
    }
}
