using System.Security.Cryptography;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Reads limits, sampling fields and the user's id of a Messages request, and writes those that both OpenAI dialects share.</summary>
internal static class MessagesSampling
{
    private const int LongestUserId = 64;

    /// <summary>Writes the output limit under a name, within what the model puts out and the upstream takes.</summary>
    public static void WriteLimit(JsonWriter json, ReadOnlySpan<byte> name, JsonView limit, MessagesEdgeRequest request, int least = 1)
    {
        if (!limit.TryInteger(out var wish)) return;
        var tokens = Math.Max(least, Math.Min(wish, request.Context.Traits.MaxOutput ?? long.MaxValue));
        if (tokens != wish) request.Lose(MessagesLosses.MaxTokens);
        json.Number(name, tokens);
    }

    /// <summary>Writes <c>temperature</c> and <c>top_p</c> where the model takes them, and <c>top_k</c> where the dialect does.</summary>
    public static void Write(JsonWriter json, scoped in MessagesFields fields, MessagesEdgeRequest request)
    {
        Write(json, "temperature"u8, fields.Temperature, SamplingFields.Temperature, MessagesLosses.Temperature, request);
        Write(json, "top_p"u8, fields.TopP, SamplingFields.TopP, MessagesLosses.TopP, request);
        if (!fields.TopK.IsNullOrAbsent) request.Lose(MessagesLosses.TopK);
    }

    /// <summary>Writes the user's id under a name: as it is, or its hash where it is longer than the OpenAI dialects take.</summary>
    public static void WriteUser(JsonWriter json, ReadOnlySpan<byte> name, JsonView metadata, MessagesEdgeRequest request)
    {
        if (metadata["user_id"u8] is not { IsString: true, IsEmpty: false } id) return;
        var plain = request.Plain(id);
        if (plain.Length <= LongestUserId)
        {
            json.String(name, plain);
            return;
        }

        request.Lose(MessagesLosses.UserId);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(plain, hash);
        Span<byte> text = stackalloc byte[LongestUserId];
        _ = Convert.TryToHexStringLower(hash, text, out _);
        json.String(name, text);
    }

    /// <summary>
    /// Divides the stop strings: the first ones are for the upstream, as many as it takes; the others are looked for in the answer
    /// (<see cref="MessagesEdgeRequest.WatchedStops"/>).
    /// </summary>
    /// <param name="stops">The request's <c>stop_sequences</c>.</param>
    /// <param name="most">How many the upstream takes.</param>
    /// <param name="request">The attempt.</param>
    /// <returns>How many are for the upstream.</returns>
    public static int DivideStops(JsonView stops, int most, MessagesEdgeRequest request)
    {
        var sent = 0;
        foreach (var stop in stops.Items)
        {
            if (stop is not { IsString: true, IsEmpty: false }) request.Refuse("stop_sequences", "must be strings that are not empty.");
            else if (sent < most) sent++;
            else if (request.WatchedStops.Count == StopWatch.Most)
            {
                // Each is looked for in each piece of the answer.
                request.Refuse("stop_sequences", "must be fewer: beyond those that the provider takes, 64 can be looked for.");
                return sent;
            }
            else request.WatchedStops.Add(request.Plain(stop).ToArray());
        }

        if (request.WatchedStops.Count > 0) request.Lose(MessagesLosses.StopSequences);
        return sent;
    }

    private static void Write(JsonWriter json, ReadOnlySpan<byte> name, JsonView value, SamplingFields field, Loss loss, MessagesEdgeRequest request)
    {
        if (value.IsNullOrAbsent) return;
        if (request.Context.Traits.Sampling.HasFlag(field)) json.Raw(name, value.Raw);
        else request.Lose(loss);
    }
}
