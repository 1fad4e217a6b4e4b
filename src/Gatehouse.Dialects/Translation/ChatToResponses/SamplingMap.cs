using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>Writes limits and sampling of a chat request. What Responses has nothing for is noted.</summary>
internal static class SamplingMap
{
    /// <summary>Writes the limit, temperature and top_p.</summary>
    public static void Write(ChatToResponsesRequest request, JsonWriter writer, ChatFields fields)
    {
        if (ChatNumber.MaxTokens(request, fields) is { } wish)
        {
            var limit = Math.Max(ResponsesRules.LeastOutput, Math.Min(wish, request.Context.Traits.MaxOutput ?? long.MaxValue));
            if (limit != wish) request.Lose(ChatLosses.MaxTokens);
            writer.Number("max_output_tokens"u8, limit);
        }

        if (ChatNumber.TryRead(request, fields.Temperature, "temperature", 0, 2, out var temperature))
            WriteIfTaken(request, writer, "temperature"u8, fields.Temperature, SamplingFields.Temperature, temperature != 1, ChatLosses.Temperature);
        if (ChatNumber.TryRead(request, fields.TopP, "top_p", 0, 1, out var topP))
            WriteIfTaken(request, writer, "top_p"u8, fields.TopP, SamplingFields.TopP, topP < 1, ChatLosses.TopP);
    }

    /// <summary>Writes how many of the likeliest tokens to tell beside each; that they are told at all is an <c>include</c>.</summary>
    public static void WriteLogprobs(ChatToResponsesRequest request, JsonWriter writer, ChatFields fields)
    {
        if (request.WantsLogprobs && fields.TopLogprobs.TryInteger(out var count)) writer.Number("top_logprobs"u8, count);
    }

    private static void ReadLogprobs(ChatToResponsesRequest request, ChatFields fields)
    {
        if (!fields.Logprobs.IsTrue && (fields.TopLogprobs.IsNullOrAbsent || fields.TopLogprobs.Raw.SequenceEqual("0"u8))) return;
        if (request.Takes(SamplingFields.LogProbs)) request.WantsLogprobs = true;
        else request.Lose(ChatLosses.Logprobs);
    }

    /// <summary>Notes what Responses has nothing for, and refuses what can't be left out.</summary>
    public static void Check(ChatToResponsesRequest request, ChatFields fields)
    {
        if (ChatNumber.TryRead(request, fields.N, "n", 1, int.MaxValue, out var n) && n > 1)
            request.Refuse("n", "This model's provider gives one answer per request: leave 'n' out, and ask again for another answer.");
        foreach (var modality in fields.Modalities.Items)
        {
            if (modality.Is("audio"u8)) request.Refuse("modalities", "This model's provider can't speak here: leave 'audio' out of 'modalities'.");
        }

        request.LoseIfSet(fields.Audio, ChatLosses.Audio);
        ReadStops(request, fields.Stop);
        request.LoseIfSet(fields.TopK, ChatLosses.TopK);
        request.LoseIfSet(fields.Seed, ChatLosses.Seed);
        LoseIfNotZero(request, fields.FrequencyPenalty, ChatLosses.FrequencyPenalty);
        LoseIfNotZero(request, fields.PresencePenalty, ChatLosses.PresencePenalty);
        if (!fields.LogitBias.IsEmpty) request.Lose(ChatLosses.LogitBias);
        ReadLogprobs(request, fields);
        request.LoseIfSet(fields.Prediction, ChatLosses.Prediction);
        if (fields.HasUnknown) request.Lose(ChatLosses.Unknown);
    }

    /// <summary>Responses takes no stop strings: they are looked for in the answer.</summary>
    private static void ReadStops(ChatToResponsesRequest request, JsonView stop)
    {
        if (!stop.IsNullOrAbsent && !stop.IsString && !stop.IsArray) request.Refuse("stop", "'stop' must be a string or an array of strings.");
        foreach (var text in new ChatParts(stop))
        {
            if (!text.IsString) request.Refuse("stop", "'stop' must be a string or an array of strings.");
            if (text.IsEmpty) continue;
            if (request.Stops.Count == StopWatch.Most)
            {
                // Each is looked for in each piece of the answer.
                request.Refuse("stop", "'stop' may hold 64 strings at most.");
                return;
            }

            request.Lose(ChatToResponsesLosses.Stop);
            request.Stops.Add(request.Plain(text).ToArray());
        }
    }

    private static void LoseIfNotZero(ChatToResponsesRequest request, JsonView number, Loss loss)
    {
        if (!number.IsNullOrAbsent && (!number.TryNumber(out var value) || value != 0)) request.Lose(loss);
    }

    private static void WriteIfTaken(
        ChatToResponsesRequest request, JsonWriter writer, ReadOnlySpan<byte> name, JsonView value, SamplingFields field, bool says, Loss loss)
    {
        if (request.Takes(field)) writer.Raw(name, value.Raw);
        else if (says) request.Lose(loss);
    }
}
