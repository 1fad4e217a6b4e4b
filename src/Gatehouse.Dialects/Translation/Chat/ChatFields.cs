using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>The top-level fields of a chat request, each where it lies. Fields of which a translation only says that they are lost stand under their loss.</summary>
internal ref struct ChatFields
{
    /// <summary>The conversation.</summary>
    public JsonView Messages;

    /// <summary><c>tools</c>.</summary>
    public JsonView Tools;

    /// <summary><c>tool_choice</c>.</summary>
    public JsonView ToolChoice;

    /// <summary><c>functions</c>, the form from before tools.</summary>
    public JsonView Functions;

    /// <summary><c>function_call</c>, the form from before tools.</summary>
    public JsonView FunctionCall;

    /// <summary><c>parallel_tool_calls</c>.</summary>
    public JsonView ParallelToolCalls;

    /// <summary><c>max_tokens</c>.</summary>
    public JsonView MaxTokens;

    /// <summary><c>max_completion_tokens</c>.</summary>
    public JsonView MaxCompletionTokens;

    /// <summary><c>temperature</c>.</summary>
    public JsonView Temperature;

    /// <summary><c>top_p</c>.</summary>
    public JsonView TopP;

    /// <summary><c>top_k</c>, which many hosts take though OpenAI doesn't.</summary>
    public JsonView TopK;

    /// <summary><c>stop</c>.</summary>
    public JsonView Stop;

    /// <summary><c>n</c>.</summary>
    public JsonView N;

    /// <summary><c>stream_options</c>.</summary>
    public JsonView StreamOptions;

    /// <summary><c>response_format</c>.</summary>
    public JsonView ResponseFormat;

    /// <summary><c>reasoning_effort</c>.</summary>
    public JsonView ReasoningEffort;

    /// <summary><c>reasoning</c>, as OpenRouter has it.</summary>
    public JsonView Reasoning;

    /// <summary><c>thinking</c>, as hosts of thinking models have it: Anthropic's own field.</summary>
    public JsonView Thinking;

    /// <summary><c>modalities</c>.</summary>
    public JsonView Modalities;

    /// <summary><c>audio</c>.</summary>
    public JsonView Audio;

    /// <summary><c>metadata</c>.</summary>
    public JsonView Metadata;

    /// <summary><c>user</c>.</summary>
    public JsonView User;

    /// <summary><c>safety_identifier</c>.</summary>
    public JsonView SafetyIdentifier;

    /// <summary><c>service_tier</c>.</summary>
    public JsonView ServiceTier;

    /// <summary><c>store</c>.</summary>
    public JsonView Store;

    /// <summary><c>verbosity</c>.</summary>
    public JsonView Verbosity;

    /// <summary><c>web_search_options</c>.</summary>
    public JsonView WebSearchOptions;

    /// <summary><c>prompt_cache_key</c>.</summary>
    public JsonView PromptCacheKey;

    /// <summary><c>prompt_cache_retention</c>.</summary>
    public JsonView PromptCacheRetention;

    /// <summary><c>prompt_cache_options</c>.</summary>
    public JsonView PromptCacheOptions;

    /// <summary><c>moderation</c>.</summary>
    public JsonView Moderation;

    /// <summary><c>prediction</c>.</summary>
    public JsonView Prediction;

    /// <summary><c>seed</c>.</summary>
    public JsonView Seed;

    /// <summary><c>frequency_penalty</c>.</summary>
    public JsonView FrequencyPenalty;

    /// <summary><c>presence_penalty</c>.</summary>
    public JsonView PresencePenalty;

    /// <summary><c>logit_bias</c>.</summary>
    public JsonView LogitBias;

    /// <summary><c>logprobs</c>.</summary>
    public JsonView Logprobs;

    /// <summary><c>top_logprobs</c>.</summary>
    public JsonView TopLogprobs;

    /// <summary>Whether there was a field that nobody knows.</summary>
    public bool HasUnknown;

    /// <summary>Finds the fields of a request.</summary>
    public static ChatFields Read(JsonView body)
    {
        var fields = default(ChatFields);
        foreach (var member in body.Members) fields.HasUnknown |= !fields.Take(member);
        return fields;
    }

    private bool Take(JsonMember member) => TakeContent(member) || TakeSampling(member) || TakeSettings(member);

    private bool TakeContent(JsonMember member)
    {
        if (member.Is("messages"u8)) Messages = member.Value;
        else if (member.Is("tools"u8)) Tools = member.Value;
        else if (member.Is("tool_choice"u8)) ToolChoice = member.Value;
        else if (member.Is("functions"u8)) Functions = member.Value;
        else if (member.Is("function_call"u8)) FunctionCall = member.Value;
        else if (member.Is("parallel_tool_calls"u8)) ParallelToolCalls = member.Value;
        else if (member.Is("response_format"u8)) ResponseFormat = member.Value;
        else if (member.Is("reasoning_effort"u8)) ReasoningEffort = member.Value;
        else if (member.Is("reasoning"u8)) Reasoning = member.Value;
        else if (member.Is("thinking"u8)) Thinking = member.Value;
        else if (member.Is("web_search_options"u8)) WebSearchOptions = member.Value;
        else return member.Is("model"u8) || member.Is("stream"u8);
        return true;
    }

    private bool TakeSampling(JsonMember member)
    {
        if (member.Is("max_tokens"u8)) MaxTokens = member.Value;
        else if (member.Is("max_completion_tokens"u8)) MaxCompletionTokens = member.Value;
        else if (member.Is("temperature"u8)) Temperature = member.Value;
        else if (member.Is("top_p"u8)) TopP = member.Value;
        else if (member.Is("top_k"u8)) TopK = member.Value;
        else if (member.Is("stop"u8)) Stop = member.Value;
        else if (member.Is("n"u8)) N = member.Value;
        else if (member.Is("seed"u8)) Seed = member.Value;
        else if (member.Is("frequency_penalty"u8)) FrequencyPenalty = member.Value;
        else if (member.Is("presence_penalty"u8)) PresencePenalty = member.Value;
        else if (member.Is("logit_bias"u8)) LogitBias = member.Value;
        else if (member.Is("logprobs"u8)) Logprobs = member.Value;
        else if (member.Is("top_logprobs"u8)) TopLogprobs = member.Value;
        else return false;
        return true;
    }

    private bool TakeSettings(JsonMember member)
    {
        if (member.Is("stream_options"u8)) StreamOptions = member.Value;
        else if (member.Is("modalities"u8)) Modalities = member.Value;
        else if (member.Is("audio"u8)) Audio = member.Value;
        else if (member.Is("metadata"u8)) Metadata = member.Value;
        else if (member.Is("user"u8)) User = member.Value;
        else if (member.Is("safety_identifier"u8)) SafetyIdentifier = member.Value;
        else if (member.Is("service_tier"u8)) ServiceTier = member.Value;
        else if (member.Is("store"u8)) Store = member.Value;
        else if (member.Is("verbosity"u8)) Verbosity = member.Value;
        else if (member.Is("prompt_cache_key"u8)) PromptCacheKey = member.Value;
        else if (member.Is("prompt_cache_retention"u8)) PromptCacheRetention = member.Value;
        else if (member.Is("prompt_cache_options"u8)) PromptCacheOptions = member.Value;
        else if (member.Is("moderation"u8)) Moderation = member.Value;
        else if (member.Is("prediction"u8)) Prediction = member.Value;
        else return false;
        return true;
    }
}
