using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Writes the fields of a chat request that are numbers and words: limits, sampling, tier, the user's id. What Anthropic lacks is noted.</summary>
internal static class SamplingMap
{
    /// <summary>Writes temperature, top_p, top_k and the stop strings. A thinking model takes no temperature and hardly any other.</summary>
    public static void WriteSampling(ChatToAnthropicRequest request, JsonWriter writer, ChatFields fields, bool thinks)
    {
        var hasTemperature = ChatNumber.TryRead(request, fields.Temperature, "temperature", 0, 2, out var temperature);
        if (hasTemperature) WriteTemperature(request, writer, fields.Temperature, temperature, thinks);
        if (ChatNumber.TryRead(request, fields.TopP, "top_p", 0, 1, out var topP) && topP < 1)
        {
            // Newer models refuse both together; OpenAI too says to set only one of them.
            if (!request.Takes(SamplingFields.TopP) || hasTemperature || thinks) request.Lose(ChatLosses.TopP);
            else writer.Raw("top_p"u8, fields.TopP.Raw);
        }

        if (ChatNumber.TryRead(request, fields.TopK, "top_k", 0, int.MaxValue, out _))
        {
            if (!request.Takes(SamplingFields.TopK) || thinks) request.Lose(ChatLosses.TopK);
            else writer.Raw("top_k"u8, fields.TopK.Raw);
        }

        WriteStops(request, writer, fields.Stop);
    }

    /// <summary>Writes the service tier and the user's id.</summary>
    public static void WriteSettings(ChatToAnthropicRequest request, JsonWriter writer, ChatFields fields)
    {
        var tier = fields.ServiceTier;
        if (tier.Is("auto"u8) || tier.Is("priority"u8)) writer.String("service_tier"u8, "auto"u8);
        else if (tier.Is("default"u8)) writer.String("service_tier"u8, "standard_only"u8);
        if (!tier.IsNullOrAbsent && !tier.Is("auto"u8) && !tier.Is("default"u8)) request.Lose(ChatToAnthropicLosses.ServiceTier);
        WriteUser(request, writer, fields);
    }

    /// <summary>Notes what Anthropic has nothing for, and refuses what can't be left out.</summary>
    public static void Check(ChatToAnthropicRequest request, ChatFields fields)
    {
        if (ChatNumber.TryRead(request, fields.N, "n", 1, int.MaxValue, out var n) && n > 1)
            request.Refuse("n", "This model's provider gives one answer per request: leave 'n' out, and ask again for another answer.");
        foreach (var modality in fields.Modalities.Items)
        {
            if (modality.Is("audio"u8)) request.Refuse("modalities", "This model's provider can't speak: leave 'audio' out of 'modalities'.");
        }

        request.LoseIfSet(fields.Audio, ChatLosses.Audio);
        request.LoseIfSet(fields.Seed, ChatLosses.Seed);
        LoseIfNotZero(request, fields.FrequencyPenalty, ChatLosses.FrequencyPenalty);
        LoseIfNotZero(request, fields.PresencePenalty, ChatLosses.PresencePenalty);
        if (!fields.LogitBias.IsEmpty) request.Lose(ChatLosses.LogitBias);
        request.LoseIfSet(fields.Logprobs, ChatLosses.Logprobs);
        request.LoseIfSet(fields.TopLogprobs, ChatLosses.Logprobs);
        request.LoseIfSet(fields.Store, ChatToAnthropicLosses.Store);
        request.LoseIfSet(fields.Prediction, ChatLosses.Prediction);
        request.LoseIfSet(fields.Moderation, ChatToAnthropicLosses.Moderation);
        request.LoseIfSet(fields.Verbosity, ChatToAnthropicLosses.Verbosity);
        request.LoseIfSet(fields.PromptCacheKey, ChatLosses.PromptCacheKey);
        request.LoseIfSet(fields.PromptCacheRetention, ChatToAnthropicLosses.CacheTtl);
        request.LoseIfSet(fields.PromptCacheOptions["ttl"u8], ChatToAnthropicLosses.CacheTtl);
        if (fields.HasUnknown) request.Lose(ChatLosses.Unknown);
    }

    private static void LoseIfNotZero(ChatToAnthropicRequest request, JsonView number, Loss loss)
    {
        if (!number.IsNullOrAbsent && (!number.TryNumber(out var value) || value != 0)) request.Lose(loss);
    }

    private static void WriteTemperature(ChatToAnthropicRequest request, JsonWriter writer, JsonView number, double temperature, bool thinks)
    {
        if (!request.Takes(SamplingFields.Temperature) || thinks)
        {
            if (temperature != 1) request.Lose(ChatLosses.Temperature);
            return;
        }

        if (temperature <= 1)
        {
            writer.Raw("temperature"u8, number.Raw);
            return;
        }

        // OpenAI's scale ends at 2, Anthropic's at 1, and 1 is the default of both.
        request.Lose(ChatLosses.Temperature);
        writer.Number("temperature"u8, 1);
    }

    private static void WriteStops(ChatToAnthropicRequest request, JsonWriter writer, JsonView stop)
    {
        if (stop.IsNullOrAbsent) return;
        if (!stop.IsString && !stop.IsArray) request.Refuse("stop", "'stop' must be a string or an array of strings.");
        var count = 0;
        foreach (var text in new ChatParts(stop))
        {
            if (!text.IsString) request.Refuse("stop", "'stop' must be a string or an array of strings.");
            // Anthropic refuses stop strings of white space alone.
            if (!request.Takes(SamplingFields.Stop) || ChatText.IsBlank(text.Escaped) || count == request.Context.Traits.MaxStops)
            {
                request.Lose(ChatToAnthropicLosses.Stop);
                continue;
            }

            if (count++ == 0) writer.BeginArray("stop_sequences"u8);
            writer.EscapedString(text.Escaped);
        }

        if (count > 0) writer.EndArray();
    }

    private static void WriteUser(ChatToAnthropicRequest request, JsonWriter writer, ChatFields fields)
    {
        var own = fields.Metadata["user_id"u8];
        var user = fields.SafetyIdentifier.IsString ? fields.SafetyIdentifier : fields.User.IsString ? fields.User : own;
        var others = 0;
        foreach (var _ in fields.Metadata.Members) others++;
        if (others > (own.IsString && user.SameBytes(own) ? 1 : 0)) request.Lose(ChatToAnthropicLosses.Metadata);
        if (fields.SafetyIdentifier.IsString && fields.User.IsString && !fields.User.SameBytes(fields.SafetyIdentifier)) request.Lose(ChatToAnthropicLosses.User);
        if (user is { IsString: true, IsEmpty: false } && !EndUser.TryWrite(writer, user)) request.Lose(ChatToAnthropicLosses.User);
    }
}
