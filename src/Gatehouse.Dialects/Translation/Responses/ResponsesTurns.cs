using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// What the Responses API keeps at the provider, done for upstreams that keep nothing: a turn's own input items and its output, and a request that continues
/// earlier turns written out in full. Pure functions over bytes.
/// </summary>
public static class ResponsesTurns
{
    /// <summary>
    /// Appends a request's own input as an array of items: a string becomes one user message, and an item without an id gets one. False when the body has no
    /// input of either form.
    /// </summary>
    /// <param name="body">The request.</param>
    /// <param name="idKey">What made-up ids derive from: letters and digits.</param>
    /// <param name="items">Gets a JSON array.</param>
    public static bool TryInput(ReadOnlySpan<byte> body, ReadOnlySpan<byte> idKey, PooledBuffer items)
    {
        if (!JsonView.TryParse(body, out var request)) return false;
        var input = request["input"u8];
        if (!input.IsString && !input.IsArray) return false;
        var writer = new JsonWriter(items);
        writer.BeginArray();
        if (input.IsString) WriteMessage(writer, input, idKey);
        var number = 0;
        foreach (var item in input.Items) WriteWithId(writer, item, idKey, number++);
        writer.EndArray();
        return true;
    }

    /// <summary>The id of a response document; null when it has none.</summary>
    public static string? IdOf(ReadOnlySpan<byte> response) => JsonView.TryParse(response, out var view) ? view["id"u8].Text() : null;

    /// <summary>The model that a response document names; null when it names none.</summary>
    public static string? ModelOf(ReadOnlySpan<byte> response) => JsonView.TryParse(response, out var view) ? view["model"u8].Text() : null;

    /// <summary>
    /// Writes a request that holds its whole history: what earlier turns took and gave, then its own input. <c>previous_response_id</c>
    /// stays: edges leave it out of what they send, and tell the client of it.
    /// </summary>
    /// <param name="body">The request as the client sent it.</param>
    /// <param name="turns">Earlier turns, oldest first: the input items and the response document of each.</param>
    /// <param name="output">Gets the request.</param>
    public static bool TryContinue(
        ReadOnlySpan<byte> body, IReadOnlyList<(ReadOnlyMemory<byte> Input, ReadOnlyMemory<byte> Response)> turns, PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(turns);
        if (!JsonView.TryParse(body, out var request) || !request.IsObject) return false;
        var writer = new JsonWriter(output);
        writer.BeginObject();
        foreach (var member in request.Members)
        {
            if (member.Is("input"u8)) continue;
            writer.EscapedName(member.EscapedName);
            writer.Raw(member.Value);
        }

        writer.BeginArray("input"u8);
        foreach (var (input, response) in turns)
        {
            if (!JsonView.TryParse(input.Span, out var items) || !JsonView.TryParse(response.Span, out var document)) return false;
            foreach (var item in items.Items) writer.Raw(item);
            foreach (var item in document["output"u8].Items) writer.Raw(item);
        }

        if (request["input"u8].IsString) WriteMessage(writer, request["input"u8], default);
        foreach (var item in request["input"u8].Items) writer.Raw(item);
        writer.EndArray();
        writer.EndObject();
        return true;
    }

    /// <summary>Writes the list that <c>GET /v1/responses/{id}/input_items</c> answers with.</summary>
    /// <param name="items">The turn's input items.</param>
    /// <param name="newestFirst">The order: the vendor's default is the newest first.</param>
    /// <param name="after">The id behind which to begin, or null.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="output">Gets the list.</param>
    public static void WriteInputItems(ReadOnlySpan<byte> items, bool newestFirst, string? after, int limit, PooledBuffer output)
    {
        var all = new List<(int Start, int Length)>();
        foreach (var item in JsonView.Trusted(items).Items)
        {
            _ = items.Overlaps(item.Raw, out var start);
            all.Add((start, item.Raw.Length));
        }

        if (newestFirst) all.Reverse();
        var first = 0;
        for (var i = 0; after is not null && i < all.Count; i++)
        {
            if (Id(items, all[i]) == after) first = i + 1;
        }

        var shown = all.Skip(first).Take(limit).ToList();
        var writer = new JsonWriter(output);
        writer.BeginObject();
        writer.String("object"u8, "list"u8);
        writer.BeginArray("data"u8);
        foreach (var (start, length) in shown) writer.Raw(items.Slice(start, length));
        writer.EndArray();
        WriteId(writer, "first_id"u8, shown.Count > 0 ? Id(items, shown[0]) : null);
        WriteId(writer, "last_id"u8, shown.Count > 0 ? Id(items, shown[^1]) : null);
        writer.Bool("has_more"u8, first + shown.Count < all.Count);
        writer.EndObject();
    }

    private static string? Id(ReadOnlySpan<byte> items, (int Start, int Length) place) =>
        JsonView.Trusted(items.Slice(place.Start, place.Length))["id"u8].Text();

    private static void WriteId(JsonWriter writer, ReadOnlySpan<byte> name, string? id)
    {
        if (id is null) writer.Null(name);
        else writer.String(name, id);
    }

    private static void WriteMessage(JsonWriter writer, JsonView text, ReadOnlySpan<byte> idKey)
    {
        writer.BeginObject();
        writer.String("type"u8, "message"u8);
        if (!idKey.IsEmpty) WriteMadeId(writer, "msg_"u8, idKey, 0);
        writer.String("role"u8, "user"u8);
        writer.BeginArray("content"u8);
        writer.BeginObject();
        writer.String("type"u8, "input_text"u8);
        writer.Raw("text"u8, text.Raw);
        writer.EndObject();
        writer.EndArray();
        writer.EndObject();
    }

    private static void WriteWithId(JsonWriter writer, JsonView item, ReadOnlySpan<byte> idKey, int number)
    {
        if (!item.IsObject || !item["id"u8].IsNullOrAbsent)
        {
            writer.Raw(item);
            return;
        }

        writer.BeginObject();
        WriteMadeId(writer, item["role"u8].Exists ? "msg_"u8 : "item_"u8, idKey, number);
        foreach (var member in item.Members)
        {
            if (member.Is("id"u8)) continue;
            writer.EscapedName(member.EscapedName);
            writer.Raw(member.Value);
        }

        writer.EndObject();
    }

    private static void WriteMadeId(JsonWriter writer, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key, int number)
    {
        writer.Name("id"u8);
        writer.BeginString();
        writer.AppendPlain(prefix);
        writer.AppendPlain(key);
        writer.AppendPlain("i"u8);
        Span<byte> digits = stackalloc byte[11];
        System.Buffers.Text.Utf8Formatter.TryFormat(number, digits, out var written);
        writer.AppendPlain(digits[..written]);
        writer.EndString();
    }
}
