using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Writes what steers sampling and service, and notes what Anthropic has no word for.</summary>
internal static class SamplingMap
{
    /// <summary>Writes the fields that the model takes.</summary>
    public static void Write(JsonWriter json, ResponsesRequest request, ThinkingPlan plan, ResponsesEdgeRequest attempt)
    {
        WriteTemperature(json, request, plan, attempt);
        attempt.Lose(ResponsesToAnthropicLosses.User, (request.EndUser.Exists && !EndUser.TryWrite(json, request.EndUser)) || request.NamesTwoUsers);
        WriteTier(json, request.ServiceTier, attempt);
        attempt.Lose(ResponsesLosses.Metadata, request.Metadata.Exists && !request.Metadata.IsEmpty);
        attempt.Lose(ResponsesLosses.CacheKey, request.PromptCacheKey.Exists);
        attempt.Lose(ResponsesLosses.Verbosity, request.Text["verbosity"u8].IsString);
        attempt.Lose(ResponsesLosses.Truncation, request.Truncation.Is("auto"u8));
        attempt.Lose(ResponsesLosses.MaxToolCalls, request.MaxToolCalls.Exists);
        attempt.Lose(ResponsesLosses.Logprobs, request.TopLogprobs.TryInteger(out var logprobs) && logprobs > 0);
        foreach (var extra in request.Include.Items)
        {
            if (extra.Is("web_search_call.action.sources"u8)) attempt.WantsSources = true;
            else if (extra.Is("code_interpreter_call.outputs"u8) && attempt.Context.Traits.CodeExecution) attempt.WantsOutputs = true;
            else attempt.Lose(ResponsesLosses.Include, !extra.Is("reasoning.encrypted_content"u8));
        }
    }

    private static void WriteTemperature(JsonWriter json, ResponsesRequest request, ThinkingPlan plan, ResponsesEdgeRequest attempt)
    {
        var taken = attempt.Context.Traits.Sampling;
        var hasTemperature = false;
        if (request.Temperature.TryNumber(out var temperature))
        {
            // Anthropic goes from 0 to 1, and takes none beside thinking but 1.
            hasTemperature = (taken & SamplingFields.Temperature) != 0 && !plan.Thinks;
            attempt.Lose(ResponsesLosses.Temperature, !hasTemperature && temperature != 1 || temperature > 1);
            if (hasTemperature && temperature > 1) json.Number("temperature"u8, 1);
            else if (hasTemperature) json.Raw("temperature"u8, request.Temperature.Raw);
        }

        if (!request.TopP.TryNumber(out var share)) return;
        // Newer models refuse both at once; with thinking, top_p must be at least 0.95.
        var hasShare = (taken & SamplingFields.TopP) != 0 && !hasTemperature && (!plan.Thinks || share >= 0.95);
        attempt.Lose(ResponsesLosses.TopP, !hasShare && share != 1);
        if (hasShare) json.Raw("top_p"u8, request.TopP.Raw);
    }

    private static void WriteTier(JsonWriter json, JsonView tier, ResponsesEdgeRequest attempt)
    {
        if (!tier.Exists) return;
        if (tier.Is("auto"u8) || tier.Is("priority"u8)) json.String("service_tier"u8, "auto"u8);
        else if (tier.Is("default"u8)) json.String("service_tier"u8, "standard_only"u8);
        attempt.Lose(ResponsesLosses.ServiceTier, !tier.Is("auto"u8) && !tier.Is("default"u8));
    }
}
