using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>The provider's own searches of an answer: from the call, over its query, to what it found. Not thread-safe.</summary>
internal sealed class SearchTable(ResponsesToAnthropicRequest attempt, ResponsesStream stream) : IDisposable
{
    private readonly List<Search> _all = [];

    /// <summary>A search starts.</summary>
    public void Start(long index, JsonView content)
    {
        var search = new Search(index, stream.OpenWebSearch());
        _ = content["id"u8].TryAppendPlain(search.Id);
        if (content["input"u8] is { IsObject: true, IsEmpty: false } input) search.Input.Append(input.Raw);
        _all.Add(search);
    }

    /// <summary>Takes a piece of a search's query; false when the block is no search.</summary>
    public bool Delta(long index, JsonView delta)
    {
        if (Find(index) is not { } search) return false;
        if (!delta["type"u8].Is("input_json_delta"u8)) return false;
        _ = delta["partial_json"u8].TryAppendPlain(search.Input);
        return true;
    }

    /// <summary>The block of a search is over; what it found comes in another one. False when the block is no search.</summary>
    public bool Stop(long index)
    {
        if (Find(index) is not { } search) return false;
        search.Index = -1;
        return true;
    }

    /// <summary>Closes the search that these are the results of.</summary>
    public void Found(JsonView content)
    {
        foreach (var search in _all)
        {
            if (search.Item.IsDone || !content["tool_use_id"u8].Is(search.Id.Written)) continue;
            Close(search, content["content"u8]);
            return;
        }

        attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    /// <summary>Closes the searches that found nothing.</summary>
    public void StopAll()
    {
        foreach (var search in _all) Close(search, default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var search in _all) search.Dispose();
        _all.Clear();
    }

    private Search? Find(long index)
    {
        foreach (var search in _all)
        {
            if (search.Index == index && index >= 0) return search;
        }

        return null;
    }

    private void Close(Search search, JsonView found)
    {
        if (search.Item.IsDone) return;
        using var action = new PooledBuffer();
        var json = new JsonWriter(action);
        json.BeginObject("action"u8);
        json.String("type"u8, "search"u8);
        if (JsonView.TryParse(search.Input.Written, out var input) && input["query"u8].IsString)
        {
            json.Raw("query"u8, input["query"u8].Raw);
            json.BeginArray("queries"u8);
            json.Raw(input["query"u8]);
            json.EndArray();
        }

        if (attempt.WantsSources) WriteSources(json, found);
        json.EndObject();
        stream.Close(search.Item, found.IsArray ? "completed"u8 : "failed"u8, action.Written);
    }

    private static void WriteSources(JsonWriter json, JsonView found)
    {
        json.BeginArray("sources"u8);
        foreach (var result in found.Items)
        {
            if (!result["url"u8].IsString) continue;
            json.BeginObject();
            json.String("type"u8, "url"u8);
            json.Raw("url"u8, result["url"u8].Raw);
            json.EndObject();
        }

        json.EndArray();
    }

    private sealed class Search(long index, ResponsesItem item) : IDisposable
    {
        public long Index { get; set; } = index;

        public ResponsesItem Item { get; } = item;

        public PooledBuffer Id { get; } = new();

        public PooledBuffer Input { get; } = new();

        public void Dispose()
        {
            Id.Dispose();
            Input.Dispose();
        }
    }
}
