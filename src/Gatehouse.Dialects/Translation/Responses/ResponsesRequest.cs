using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>The fields of a client's Responses request where they lie in its body. Read once, checked for their types; valid as long as the body is.</summary>
internal ref struct ResponsesRequest
{
    /// <summary>The whole body.</summary>
    public ReadOnlySpan<byte> Body;

    /// <summary>The same, checked.</summary>
    public JsonView Root;

    /// <summary>A string or a list of items.</summary>
    public JsonView Input;

    /// <summary>The system text.</summary>
    public JsonView Instructions;

    /// <summary>The tools.</summary>
    public JsonView Tools;

    /// <summary>Which tools may or must be called.</summary>
    public JsonView ToolChoice;

    /// <summary>Whether several tools may be called at once.</summary>
    public JsonView ParallelToolCalls;

    /// <summary>The most tokens to put out.</summary>
    public long? MaxOutputTokens;

    /// <summary>Sampling.</summary>
    public JsonView Temperature;

    /// <summary>Sampling.</summary>
    public JsonView TopP;

    /// <summary>How many alternatives of each token to tell of.</summary>
    public JsonView TopLogprobs;

    /// <summary>How hard to think, and whether to tell about it.</summary>
    public JsonView Reasoning;

    /// <summary>The answer's format and verbosity.</summary>
    public JsonView Text;

    /// <summary>The client's own notes.</summary>
    public JsonView Metadata;

    /// <summary>The end user.</summary>
    public JsonView SafetyIdentifier;

    /// <summary>The end user, as older clients tell it.</summary>
    public JsonView User;

    /// <summary>What requests with the same beginning share.</summary>
    public JsonView PromptCacheKey;

    /// <summary>Whether the client places cache breakpoints itself.</summary>
    public JsonView PromptCacheOptions;

    /// <summary>How the request is to be served.</summary>
    public JsonView ServiceTier;

    /// <summary>What the answer shall hold beside the usual.</summary>
    public JsonView Include;

    /// <summary>What to do when the input is too long.</summary>
    public JsonView Truncation;

    /// <summary>The most calls of built-in tools.</summary>
    public JsonView MaxToolCalls;

    /// <summary>Effort wished for: <c>reasoning.effort</c>, or that of a later <c>configuration_update</c> item.</summary>
    public JsonView Effort;

    /// <summary>The answer's format: <c>text.format</c>, or that of a later <c>configuration_update</c> item.</summary>
    public JsonView Format;

    /// <summary>The end user, by the one id that other dialects take.</summary>
    public readonly JsonView EndUser => SafetyIdentifier.Exists ? SafetyIdentifier : User;

    /// <summary>Whether there is another id of the user than <see cref="EndUser"/>.</summary>
    public readonly bool NamesTwoUsers => SafetyIdentifier.Exists && User.Exists && !User.SameBytes(SafetyIdentifier);

    /// <summary>Whether the client asks to see something of the thinking.</summary>
    public readonly bool WantsSummary => Reasoning["summary"u8].IsString || Reasoning["generate_summary"u8].IsString;

    /// <summary>Reads a body. Fields of a wrong type refuse the request; fields that nobody knows are noted as lost.</summary>
    public static ResponsesRequest Read(ReadOnlySpan<byte> body, ResponsesEdgeRequest attempt)
    {
        var request = new ResponsesRequest { Body = body };
        if (!attempt.TryOpen(body, out var view))
        {
            attempt.Refuse(null, "The body is not a JSON object.");
            return request;
        }

        request.Root = view;
        foreach (var member in view.Members) request.Take(member, attempt);
        request.Effort = request.Reasoning["effort"u8];
        request.Format = request.Text["format"u8];
        if (request.Input.IsNullOrAbsent) attempt.Refuse("input", "The field 'input' is missing: give a string or a list of items.");
        return request;
    }

    private void Take(JsonMember member, ResponsesEdgeRequest attempt)
    {
        if (member.Value.IsNullOrAbsent) return;
        var value = member.Value;
        if (member.Is("input"u8)) Input = attempt.Check(value, value.IsString || value.IsArray, "input", "a string or a list of items");
        else if (member.Is("instructions"u8)) Instructions = attempt.Check(value, value.IsString || value.IsArray, "instructions", "a string");
        else if (member.Is("tools"u8)) Tools = attempt.Check(value, value.IsArray, "tools", "a list");
        else if (member.Is("tool_choice"u8)) ToolChoice = attempt.Check(value, value.IsString || value.IsObject, "tool_choice", "a word or an object");
        else if (member.Is("parallel_tool_calls"u8)) ParallelToolCalls = attempt.Check(value, IsBool(value), "parallel_tool_calls", "true or false");
        else if (member.Is("max_output_tokens"u8)) TakeLimit(value, attempt);
        else if (member.Is("temperature"u8)) Temperature = attempt.Check(value, IsNumber(value), "temperature", "a number");
        else if (member.Is("top_p"u8)) TopP = attempt.Check(value, IsNumber(value), "top_p", "a number");
        else if (member.Is("top_logprobs"u8)) TopLogprobs = attempt.Check(value, IsNumber(value), "top_logprobs", "a number");
        else if (member.Is("reasoning"u8)) Reasoning = attempt.Check(value, value.IsObject, "reasoning", "an object");
        else if (member.Is("text"u8)) Text = attempt.Check(value, value.IsObject, "text", "an object");
        else if (member.Is("metadata"u8)) Metadata = attempt.Check(value, value.IsObject, "metadata", "an object");
        else if (member.Is("include"u8)) Include = attempt.Check(value, value.IsArray, "include", "a list");
        else if (member.Is("safety_identifier"u8)) SafetyIdentifier = attempt.Check(value, value.IsString, "safety_identifier", "a string");
        else if (member.Is("user"u8)) User = attempt.Check(value, value.IsString, "user", "a string");
        else if (member.Is("prompt_cache_key"u8)) PromptCacheKey = attempt.Check(value, value.IsString, "prompt_cache_key", "a string");
        else if (member.Is("prompt_cache_options"u8)) PromptCacheOptions = attempt.Check(value, value.IsObject, "prompt_cache_options", "an object");
        else if (member.Is("service_tier"u8)) ServiceTier = attempt.Check(value, value.IsString, "service_tier", "a word");
        else if (member.Is("truncation"u8)) Truncation = attempt.Check(value, value.IsString, "truncation", "a word");
        else if (member.Is("max_tool_calls"u8)) MaxToolCalls = attempt.Check(value, IsNumber(value), "max_tool_calls", "a number");
        else TakeRest(member, attempt);
    }

    private void TakeLimit(JsonView value, ResponsesEdgeRequest attempt)
    {
        if (value.TryInteger(out var limit) && limit > 0) MaxOutputTokens = limit;
        else attempt.Refuse("max_output_tokens", "The field 'max_output_tokens' must be a whole number above 0.");
    }

    private static void TakeRest(JsonMember member, ResponsesEdgeRequest attempt)
    {
        // Who serves the call, and what the gateway itself keeps, is settled before a translation.
        if (member.Is("model"u8) || member.Is("stream"u8) || member.Is("store"u8) || member.Is("background"u8)
            || member.Is("previous_response_id"u8) || member.Is("conversation"u8))
            return;
        if (member.Is("prompt"u8))
            attempt.Refuse("prompt", "A stored prompt lives at its own provider, and this model is served by another: send its text as 'instructions' and 'input'.");
        else if (member.Is("stream_options"u8)) attempt.Lose(ResponsesLosses.StreamOptions);
        else if (member.Is("client_metadata"u8)) attempt.Lose(ResponsesLosses.ClientMetadata);
        else if (member.Is("prompt_cache_retention"u8)) attempt.Lose(ResponsesLosses.CacheRetention);
        else if (member.Is("context_management"u8)) attempt.Lose(ResponsesLosses.ContextManagement);
        else if (member.Is("moderation"u8)) attempt.Lose(ResponsesLosses.Moderation);
        else if (member.Is("access_programs"u8)) attempt.Lose(ResponsesLosses.AccessPrograms);
        else if (member.Is("image"u8)) attempt.Lose(ResponsesLosses.Image);
        else attempt.Lose(ResponsesLosses.UnknownField);
    }

    private static bool IsBool(JsonView value) => value.IsTrue || value.IsFalse;

    private static bool IsNumber(JsonView value) => value.Kind == JsonKind.Number;
}
