using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>Writes what a chat request says of the call as a whole. Both dialects are OpenAI's: most fields go as they are.</summary>
internal static class SettingsMap
{
    /// <summary>Writes storage, tier, ids, caching and moderation.</summary>
    public static void Write(ChatToResponsesRequest request, JsonWriter writer, ChatFields fields)
    {
        // Responses stores by default, Chat does not.
        writer.Bool("store"u8, fields.Store.IsTrue);
        if (request.Thinks || request.WantsLogprobs)
        {
            writer.BeginArray("include"u8);
            if (request.Thinks) writer.String("reasoning.encrypted_content"u8);
            if (request.WantsLogprobs) writer.String("message.output_text.logprobs"u8);
            writer.EndArray();
        }

        if (request.Context.UpstreamStreams && fields.StreamOptions["include_obfuscation"u8].IsFalse) writer.Raw("stream_options"u8, "{\"include_obfuscation\":false}"u8);
        Copy(writer, "service_tier"u8, fields.ServiceTier);
        Copy(writer, "metadata"u8, fields.Metadata);
        Copy(writer, "user"u8, fields.User);
        Copy(writer, "safety_identifier"u8, fields.SafetyIdentifier);
        Copy(writer, "moderation"u8, fields.Moderation);
        WriteCaching(request, writer, fields);
    }

    /// <summary>Writes how hard the model shall think, within what it takes, and whether it shall tell.</summary>
    public static void WriteReasoning(ChatToResponsesRequest request, JsonWriter writer, ChatReasoning wish, JsonView summary, bool searches)
    {
        var traits = request.Context.Traits;
        var effort = (traits.Reasoning & ReasoningControl.Effort) == 0 ? Effort.Unset : EffortScale.Clamp(wish.Effort, traits.Efforts);
        if (searches) effort = ResponsesRules.BesideSearch(effort, traits.Efforts);
        if (effort != wish.Effort) request.Lose(ChatLosses.Effort);
        // Asking for a summary is refused to organisations that were not verified, which say so in their configuration.
        var wants = request.Thinks && !wish.Hides && (summary.IsString || wish.WantsThinking || effort is not (Effort.Unset or Effort.None));
        var tells = wants && traits.ReasoningSummary;
        if (wants && !tells) request.Lose(ChatToResponsesLosses.Summary);
        if (effort == Effort.Unset && !tells) return;
        writer.BeginObject("reasoning"u8);
        if (effort != Effort.Unset) writer.String("effort"u8, EffortScale.Word(effort));
        if (summary.IsString && tells) writer.Raw("summary"u8, summary.Raw);
        else if (tells) writer.String("summary"u8, "auto"u8);
        writer.EndObject();
    }

    /// <summary>Writes <c>text</c>: the answer's format, and how much it shall say.</summary>
    public static void WriteText(ChatToResponsesRequest request, JsonWriter writer, ChatFormat format, JsonView verbosity)
    {
        var hasFormat = format.IsJson && request.FormatTool is null;
        if (!hasFormat && !verbosity.IsString) return;
        writer.BeginObject("text"u8);
        if (hasFormat) WriteFormat(request, writer, format);
        if (verbosity.IsString) writer.Raw("verbosity"u8, verbosity.Raw);
        writer.EndObject();
    }

    private static void WriteFormat(ChatToResponsesRequest request, JsonWriter writer, ChatFormat format)
    {
        writer.BeginObject("format"u8);
        if (!format.Schema.IsObject)
            writer.String("type"u8, "json_object"u8);
        else
        {
            writer.String("type"u8, "json_schema"u8);
            writer.RawIfPresent("name"u8, format.Definition["name"u8]);
            Copy(writer, "description"u8, format.Definition["description"u8]);
            Copy(writer, "strict"u8, format.Definition["strict"u8]);
            writer.Name("schema"u8);
            if (SchemaText.Write(writer, format.Schema, request.Context.Traits.RefusedSchemaKeywords)) request.Lose(ChatLosses.Schema);
        }

        writer.EndObject();
    }

    private static void WriteCaching(ChatToResponsesRequest request, JsonWriter writer, ChatFields fields)
    {
        if (request.Context.Traits.CacheKey)
        {
            if (fields.PromptCacheKey.IsString) writer.Raw("prompt_cache_key"u8, fields.PromptCacheKey.Raw);
            else if (request.Context.Session is { } session) writer.String("prompt_cache_key"u8, session);
        }
        else
            request.LoseIfSet(fields.PromptCacheKey, ChatLosses.PromptCacheKey);
        Copy(writer, "prompt_cache_retention"u8, fields.PromptCacheRetention);
        Copy(writer, "prompt_cache_options"u8, fields.PromptCacheOptions);
    }

    private static void Copy(JsonWriter writer, ReadOnlySpan<byte> name, JsonView value)
    {
        if (!value.IsNullOrAbsent) writer.Raw(name, value.Raw);
    }
}
