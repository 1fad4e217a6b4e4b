using System.Collections.Concurrent;
using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>A stored response with what led to it, so that it can be continued.</summary>
/// <param name="Owner">The key that made it; others do not see it.</param>
/// <param name="Response">The final response object.</param>
/// <param name="Input">Everything a continuation begins with: all input items, earlier ones included, then the output.</param>
internal sealed record StoredResponse(string Owner, JsonElement Response, IReadOnlyList<JsonElement> Input)
{
    /// <summary>How many of the items were there before the response's own output.</summary>
    public int OwnInput { get; init; }
}

/// <summary>Responses kept by the vendor (<c>store</c> is not false). Bounded: the oldest go first. Any thread may use it.</summary>
internal sealed class ResponseStore
{
    private const int Most = 2_000;
    private readonly ConcurrentDictionary<string, StoredResponse> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Response, JsonElement Item)> _items = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>Finds a response of this owner.</summary>
    public StoredResponse? Find(string id, string owner) => _byId.TryGetValue(id, out var found) && found.Owner == owner ? found : null;

    /// <summary>Finds an output item of a stored response of this owner, for an <c>item_reference</c>.</summary>
    public JsonElement? FindItem(string id, string owner) =>
        _items.TryGetValue(id, out var found) && Find(found.Response, owner) is not null ? found.Item : null;

    /// <summary>Keeps a response and its output items.</summary>
    public void Keep(string id, StoredResponse response)
    {
        _byId[id] = response;
        foreach (var item in response.Response.Items("output")) _items[item.Text("id")!] = (id, item);
        _order.Enqueue(id);
        while (_order.Count > Most && _order.TryDequeue(out var oldest)) Forget(oldest);
    }

    /// <summary>Deletes a response of this owner; false when there is none.</summary>
    public bool Delete(string id, string owner) => Find(id, owner) is not null && Forget(id);

    private bool Forget(string id)
    {
        if (!_byId.TryRemove(id, out var response)) return false;
        foreach (var item in response.Response.Items("output")) _items.TryRemove(item.Text("id")!, out _);
        return true;
    }
}
