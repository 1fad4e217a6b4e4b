using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>Writes what steers sampling, thinking and service, and notes what chat hosts have no word for.</summary>
internal static class SamplingMap
{
    /// <summary>Writes the fields that the model takes.</summary>
    public static void Write(JsonWriter json, ResponsesRequest request, ResponsesEdgeRequest attempt)
    {
        WriteEffort(json, request, attempt);
        WriteLimit(json, request, attempt);
        var taken = attempt.Context.Traits.Sampling;
        WriteNumber(json, "temperature"u8, request.Temperature, (taken & SamplingFields.Temperature) != 0, ResponsesLosses.Temperature, attempt);
        WriteNumber(json, "top_p"u8, request.TopP, (taken & SamplingFields.TopP) != 0, ResponsesLosses.TopP, attempt);
        if (request.EndUser.Exists && attempt.Context.Traits.EndUser) json.EscapedString("user"u8, request.EndUser.Escaped);
        attempt.Lose(ResponsesToChatLosses.User, (request.EndUser.Exists && !attempt.Context.Traits.EndUser) || request.NamesTwoUsers);
        WriteCacheKey(json, request, attempt);

        attempt.Lose(ResponsesLosses.ServiceTier, request.ServiceTier.Exists && !request.ServiceTier.Is("auto"u8) && !request.ServiceTier.Is("default"u8));
        attempt.Lose(ResponsesLosses.Metadata, request.Metadata.Exists && !request.Metadata.IsEmpty);
        attempt.Lose(ResponsesLosses.Verbosity, request.Text["verbosity"u8].IsString);
        attempt.Lose(ResponsesLosses.Truncation, request.Truncation.Is("auto"u8));
        attempt.Lose(ResponsesLosses.MaxToolCalls, request.MaxToolCalls.Exists);
        WriteLogprobs(json, request, attempt);
        attempt.Lose(ResponsesLosses.ReasoningContext, request.Reasoning["context"u8].IsString || request.Reasoning["mode"u8].Is("pro"u8));
        foreach (var extra in request.Include.Items)
            attempt.Lose(ResponsesLosses.Include, !extra.Is("reasoning.encrypted_content"u8) && !extra.Is("message.output_text.logprobs"u8));
    }

    private static void WriteLogprobs(JsonWriter json, ResponsesRequest request, ResponsesEdgeRequest attempt)
    {
        var isWanted = request.TopLogprobs.TryInteger(out var count) && count > 0;
        foreach (var extra in request.Include.Items) isWanted |= extra.Is("message.output_text.logprobs"u8);
        if (!isWanted) return;
        attempt.WantsLogprobs = (attempt.Context.Traits.Sampling & SamplingFields.LogProbs) != 0;
        attempt.Lose(ResponsesLosses.Logprobs, !attempt.WantsLogprobs);
        if (!attempt.WantsLogprobs) return;
        json.Bool("logprobs"u8, true);
        if (count > 0) json.Number("top_logprobs"u8, count);
    }

    private static void WriteEffort(JsonWriter json, ResponsesRequest request, ResponsesEdgeRequest attempt)
    {
        if (!request.Effort.IsString) return;
        var wish = EffortScale.Read(request.Effort);
        if (wish == Effort.Unset)
        {
            attempt.Refuse("reasoning.effort", "The field 'reasoning.effort' must be one of none, minimal, low, medium, high, xhigh and max.");
            return;
        }

        var traits = attempt.Context.Traits;
        var effort = (traits.Reasoning & ReasoningControl.Effort) != 0 ? EffortScale.Clamp(wish, traits.Efforts) : Effort.Unset;
        attempt.Lose(ResponsesLosses.Effort, effort != wish);
        if (effort != Effort.Unset) json.String("reasoning_effort"u8, EffortScale.Word(effort));
    }

    private static void WriteLimit(JsonWriter json, ResponsesRequest request, ResponsesEdgeRequest attempt)
    {
        if (request.MaxOutputTokens is not { } wish) return;
        var limit = Math.Min(wish, attempt.Context.Traits.MaxOutput ?? long.MaxValue);
        attempt.Lose(ResponsesLosses.MaxOutput, limit < wish);
        json.Number(attempt.Context.Traits.MaxCompletionTokens ? "max_completion_tokens"u8 : "max_tokens"u8, limit);
    }

    private static void WriteNumber(
        JsonWriter json, ReadOnlySpan<byte> name, JsonView value, bool isTaken, Loss loss, ResponsesEdgeRequest attempt)
    {
        if (!value.TryNumber(out var number)) return;
        if (isTaken) json.Raw(name, value.Raw);
        // 1 is every model's own choice.
        else attempt.Lose(loss, number != 1);
    }

    private static void WriteCacheKey(JsonWriter json, ResponsesRequest request, ResponsesEdgeRequest attempt)
    {
        if (!attempt.Context.Traits.CacheKey) attempt.Lose(ResponsesLosses.CacheKey, request.PromptCacheKey.Exists);
        else if (request.PromptCacheKey.Exists) json.EscapedString("prompt_cache_key"u8, request.PromptCacheKey.Escaped);
        else if (attempt.Context.Session is { } session) json.String("prompt_cache_key"u8, session);
    }
}
