using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>Writes the fields of a request that the vendor repeats in every response object, with the vendor's defaults for those that are absent.</summary>
internal static class ResponsesEcho
{
    /// <summary>Writes them as members, separated by commas.</summary>
    public static void Write(JsonView request, PooledBuffer output)
    {
        var fields = new Fields();
        foreach (var member in request.Members) fields.Take(member);
        var json = new JsonWriter(output);
        Or(json, "instructions"u8, fields.Instructions, "null"u8);
        Or(json, "max_output_tokens"u8, fields.MaxOutputTokens, "null"u8);
        Or(json, "max_tool_calls"u8, fields.MaxToolCalls, "null"u8);
        Or(json, "metadata"u8, fields.Metadata, "{}"u8);
        Or(json, "parallel_tool_calls"u8, fields.ParallelToolCalls, "true"u8);
        Or(json, "previous_response_id"u8, fields.PreviousResponseId, "null"u8);
        Or(json, "prompt_cache_key"u8, fields.PromptCacheKey, "null"u8);
        Or(json, "reasoning"u8, fields.Reasoning, "{\"effort\":null,\"summary\":null}"u8);
        Or(json, "safety_identifier"u8, fields.SafetyIdentifier, "null"u8);
        Or(json, "store"u8, fields.Store, "true"u8);
        Or(json, "temperature"u8, fields.Temperature, "1.0"u8);
        Or(json, "text"u8, fields.Text, "{\"format\":{\"type\":\"text\"}}"u8);
        Or(json, "tool_choice"u8, fields.ToolChoice, "\"auto\""u8);
        Or(json, "tools"u8, fields.Tools, "[]"u8);
        Or(json, "top_logprobs"u8, fields.TopLogprobs, "0"u8);
        Or(json, "top_p"u8, fields.TopP, "1.0"u8);
        Or(json, "truncation"u8, fields.Truncation, "\"disabled\""u8);
        Or(json, "user"u8, fields.User, "null"u8);
    }

    private static void Or(JsonWriter json, ReadOnlySpan<byte> name, JsonView value, ReadOnlySpan<byte> otherwise) =>
        json.Raw(name, value.IsNullOrAbsent ? otherwise : value.Raw);

    private ref struct Fields
    {
        public JsonView Instructions;
        public JsonView MaxOutputTokens;
        public JsonView MaxToolCalls;
        public JsonView Metadata;
        public JsonView ParallelToolCalls;
        public JsonView PreviousResponseId;
        public JsonView PromptCacheKey;
        public JsonView Reasoning;
        public JsonView SafetyIdentifier;
        public JsonView Store;
        public JsonView Temperature;
        public JsonView Text;
        public JsonView ToolChoice;
        public JsonView Tools;
        public JsonView TopLogprobs;
        public JsonView TopP;
        public JsonView Truncation;
        public JsonView User;

        public void Take(JsonMember member)
        {
            if (member.Is("instructions"u8)) Instructions = member.Value;
            else if (member.Is("max_output_tokens"u8)) MaxOutputTokens = member.Value;
            else if (member.Is("max_tool_calls"u8)) MaxToolCalls = member.Value;
            else if (member.Is("metadata"u8)) Metadata = member.Value;
            else if (member.Is("parallel_tool_calls"u8)) ParallelToolCalls = member.Value;
            else if (member.Is("previous_response_id"u8)) PreviousResponseId = member.Value;
            else if (member.Is("prompt_cache_key"u8)) PromptCacheKey = member.Value;
            else if (member.Is("reasoning"u8)) Reasoning = member.Value;
            else if (member.Is("safety_identifier"u8)) SafetyIdentifier = member.Value;
            else if (member.Is("store"u8)) Store = member.Value;
            else if (member.Is("temperature"u8)) Temperature = member.Value;
            else if (member.Is("text"u8)) Text = member.Value;
            else if (member.Is("tool_choice"u8)) ToolChoice = member.Value;
            else if (member.Is("tools"u8)) Tools = member.Value;
            else if (member.Is("top_logprobs"u8)) TopLogprobs = member.Value;
            else if (member.Is("top_p"u8)) TopP = member.Value;
            else if (member.Is("truncation"u8)) Truncation = member.Value;
            else if (member.Is("user"u8)) User = member.Value;
        }
    }
}
