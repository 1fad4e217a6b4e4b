using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// Takes the response object out of a Responses stream's last event: it is the document that the same call would have brought without <c>stream</c>.
/// Where a host leaves the output out of it, the items that were done before are put in.
/// </summary>
internal sealed class ResponsesCollector(PooledBuffer document) : StreamMap
{
    private readonly SortedList<long, byte[]> _items = [];

    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        var type = data["type"u8];
        if (type.Is("response.completed"u8) || type.Is("response.incomplete"u8)) End(data["response"u8]);
        else if (type.Is("response.failed"u8) || type.Is("error"u8)) Fail(UpstreamErrors.OfEvent(Dialect.OpenAiResponses, data));
        else if (type.Is("response.output_item.done"u8) && data["output_index"u8].TryInteger(out var index)) _items[index] = data["item"u8].Raw.ToArray();
    }

    /// <inheritdoc/>
    protected override void OnFinish() =>
        Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => _items.Clear();

    private void End(JsonView response)
    {
        if (!response.IsObject)
        {
            Fail(new DialectError(ErrorKind.BadGateway, "The provider ended its answer without the response itself.", "upstream_bad_event"));
            return;
        }

        if (_items.Count == 0 || response["output"u8] is { IsArray: true, IsEmpty: false })
            document.Append(response.Raw);
        else
            WriteWithItems(response);

        MarkEnded();
    }

    private void WriteWithItems(JsonView response)
    {
        var json = new JsonWriter(document);
        json.BeginObject();
        foreach (var member in response.Members)
        {
            if (!member.Is("output"u8)) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.BeginArray("output"u8);
        foreach (var item in _items.Values) json.Raw(item);
        json.EndArray();
        json.EndObject();
    }
}
