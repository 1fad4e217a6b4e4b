using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Gateway.Routing;

/// <summary>Writes models in the two shapes that clients parse.</summary>
internal static class ModelListWriter
{
    private static readonly string[] s_unknown = ["capabilities", "line", "deprecated_at", "retires_at"];

    /// <summary>Writes a page: <c>{"data":[…],"has_more":…,"first_id":…,"last_id":…}</c>. Null, or the error to answer with instead.</summary>
    public static DialectError? WriteAnthropic(IBufferWriter<byte> output, ImmutableArray<ListedModel> models, ModelListQuery query)
    {
        if (Page(models, query, out var page, out var more) is { } error) return error;
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var model in page) Anthropic(json, model);
        json.WriteEndArray();
        json.WriteBoolean("has_more", more);
        json.WriteString("first_id", page.Length > 0 ? page[0].Id : null);
        json.WriteString("last_id", page.Length > 0 ? page[^1].Id : null);
        json.WriteEndObject();
        return null;
    }

    /// <summary>Writes every model: <c>{"object":"list","data":[…]}</c>. OpenAI's list has no pages.</summary>
    public static void WriteOpenAi(IBufferWriter<byte> output, ImmutableArray<ListedModel> models)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in models) OpenAi(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes one model in Anthropic's shape.</summary>
    public static void WriteAnthropic(IBufferWriter<byte> output, ListedModel model)
    {
        using var json = new Utf8JsonWriter(output);
        Anthropic(json, model);
    }

    /// <summary>Writes one model in OpenAI's shape.</summary>
    public static void WriteOpenAi(IBufferWriter<byte> output, ListedModel model)
    {
        using var json = new Utf8JsonWriter(output);
        OpenAi(json, model);
    }

    /// <summary>What to answer for a model that is not listed, or not for this caller: the two are not told apart.</summary>
    /// <param name="id">The name that was asked for.</param>
    /// <param name="closest">Names to propose: such as this caller may use.</param>
    public static DialectError NotFound(string id, IReadOnlyList<string> closest)
    {
        var help = closest.Count == 0 ? "" : $" Closest: {string.Join(", ", closest)}.";
        return new(ErrorKind.NotFound, $"The model '{(id.Length > 200 ? id[..200] + "…" : id)}' does not exist or you may not use it.{help}", "model_not_found", "model");
    }

    // The cursors stand for names, not positions: a cursor that is no longer listed is the caller's error, as at the vendor.
    private static DialectError? Page(ImmutableArray<ListedModel> models, ModelListQuery query, out ImmutableArray<ListedModel> page, out bool more)
    {
        (page, more) = ([], false);
        var (start, end) = (0, models.Length);
        if (query.AfterId is { } after)
        {
            start = models.FindIndex(after) + 1;
            if (start == 0) return Unknown("after_id");
        }

        if (query.BeforeId is { } before)
        {
            end = models.FindIndex(before);
            if (end < 0) return Unknown("before_id");
            start = Math.Max(0, end - query.Limit);
            more = start > 0;
        }
        else
        {
            end = Math.Min(models.Length, start + query.Limit);
            more = end < models.Length;
        }

        page = models[start..end];
        return null;
    }

    private static int FindIndex(this ImmutableArray<ListedModel> models, string id)
    {
        for (var i = 0; i < models.Length; i++)
            if (models[i].Id == id) return i;
        return -1;
    }

    private static DialectError Unknown(string parameter) => new(ErrorKind.InvalidRequest, $"{parameter}: no such model", Param: parameter);

    // The vendor gives the epoch for a model whose day is unknown; clients expect a date. What its libraries declare and is not known here is null, never left out.
    private static void Anthropic(Utf8JsonWriter json, ListedModel model)
    {
        json.WriteStartObject();
        json.WriteString("type", "model");
        json.WriteString("id", model.Id);
        json.WriteString("display_name", model.DisplayName ?? model.Id);
        var created = (model.Created ?? DateTimeOffset.UnixEpoch).ToUniversalTime();
        json.WriteString("created_at", created.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("lifecycle", "active");
        Number(json, "max_input_tokens", model.MaxInputTokens);
        Number(json, "max_tokens", model.MaxTokens);
        foreach (var unknown in s_unknown) json.WriteNull(unknown);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static void OpenAi(Utf8JsonWriter json, ListedModel model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Id);
        json.WriteString("object", "model");
        json.WriteNumber("created", (model.Created ?? DateTimeOffset.UnixEpoch).ToUnixTimeSeconds());
        json.WriteString("owned_by", model.OwnedBy ?? "gatehouse");
        json.WriteEndObject();
    }
}
