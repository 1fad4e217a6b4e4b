using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Reads a dialect's <c>usage</c> object into the facts record and writes it in another dialect's words. Anthropic leaves cached tokens out of
/// <c>input_tokens</c>, both OpenAI dialects count them in; that is the only arithmetic here. Figures that an upstream did not give are left
/// out, or 0 where the client's dialect demands a number.
/// </summary>
internal static class UsageText
{
    /// <summary>Takes what a usage object says over what is known so far: reports are cumulative, a later figure replaces an earlier one.</summary>
    public static Usage Read(Dialect dialect, JsonView usage, Usage known) => dialect switch
    {
        Dialect.Anthropic => ReadAnthropic(usage, known),
        Dialect.OpenAiChat => ReadChat(usage, known),
        _ => ReadResponses(usage, known),
    };

    /// <summary>Writes a usage object as a value.</summary>
    public static void Write(JsonWriter writer, Dialect dialect, Usage usage)
    {
        writer.BeginObject();
        switch (dialect)
        {
            case Dialect.Anthropic: WriteAnthropic(writer, usage); break;
            case Dialect.OpenAiChat: WriteOpenAi(writer, usage, "prompt_tokens"u8, "completion_tokens"u8, "prompt_tokens_details"u8, "completion_tokens_details"u8); break;
            default: WriteOpenAi(writer, usage, "input_tokens"u8, "output_tokens"u8, "input_tokens_details"u8, "output_tokens_details"u8); break;
        }

        writer.EndObject();
    }

    private static Usage ReadAnthropic(JsonView usage, Usage known)
    {
        foreach (var member in usage.Members)
        {
            if (member.Is("input_tokens"u8)) known.Input = Count(member.Value) ?? known.Input;
            else if (member.Is("output_tokens"u8)) known.Output = Count(member.Value) ?? known.Output;
            else if (member.Is("cache_read_input_tokens"u8)) known.CacheRead = Count(member.Value) ?? known.CacheRead;
            else if (member.Is("cache_creation_input_tokens"u8)) known.CacheWrite = Count(member.Value) ?? known.CacheWrite;
            else if (member.Is("output_tokens_details"u8)) known.Reasoning = Count(member.Value["thinking_tokens"u8]) ?? known.Reasoning;
            else if (member.Is("cache_creation"u8))
            {
                known.CacheWrite5m = Count(member.Value["ephemeral_5m_input_tokens"u8]) ?? known.CacheWrite5m;
                known.CacheWrite1h = Count(member.Value["ephemeral_1h_input_tokens"u8]) ?? known.CacheWrite1h;
            }
        }

        known.InputIncludesCache = false;
        return known;
    }

    private static Usage ReadChat(JsonView usage, Usage known)
    {
        foreach (var member in usage.Members)
        {
            if (member.Is("prompt_tokens"u8)) known.Input = Count(member.Value) ?? known.Input;
            else if (member.Is("completion_tokens"u8)) known.Output = Count(member.Value) ?? known.Output;
            else if (member.Is("completion_tokens_details"u8)) known.Reasoning = Count(member.Value["reasoning_tokens"u8]) ?? known.Reasoning;
            // DeepSeek's own name for cached_tokens.
            else if (member.Is("prompt_cache_hit_tokens"u8)) known.CacheRead ??= Count(member.Value);
            else if (member.Is("prompt_tokens_details"u8))
            {
                known.CacheRead = Count(member.Value["cached_tokens"u8]) ?? known.CacheRead;
                known.CacheWrite = Count(member.Value["cache_write_tokens"u8]) ?? Count(member.Value["cache_creation_tokens"u8]) ?? known.CacheWrite;
            }
        }

        known.InputIncludesCache = true;
        return known;
    }

    private static Usage ReadResponses(JsonView usage, Usage known)
    {
        foreach (var member in usage.Members)
        {
            if (member.Is("input_tokens"u8)) known.Input = Count(member.Value) ?? known.Input;
            else if (member.Is("output_tokens"u8)) known.Output = Count(member.Value) ?? known.Output;
            else if (member.Is("output_tokens_details"u8)) known.Reasoning = Count(member.Value["reasoning_tokens"u8]) ?? known.Reasoning;
            else if (member.Is("input_tokens_details"u8))
            {
                known.CacheRead = Count(member.Value["cached_tokens"u8]) ?? known.CacheRead;
                known.CacheWrite = Count(member.Value["cache_write_tokens"u8]) ?? known.CacheWrite;
            }
        }

        known.InputIncludesCache = true;
        return known;
    }

    private static void WriteAnthropic(JsonWriter writer, Usage usage)
    {
        var (read, written) = (usage.CacheRead ?? 0, usage.CacheWrite ?? 0);
        writer.Number("input_tokens"u8, usage.InputIncludesCache ? Math.Max(0, (usage.Input ?? 0) - read - written) : usage.Input ?? 0);
        writer.Number("cache_creation_input_tokens"u8, written);
        writer.Number("cache_read_input_tokens"u8, read);
        writer.Number("output_tokens"u8, usage.Output ?? 0);
        if (usage.Reasoning is not { } reasoning) return;
        writer.BeginObject("output_tokens_details"u8);
        writer.Number("thinking_tokens"u8, reasoning);
        writer.EndObject();
    }

    private static void WriteOpenAi(
        JsonWriter writer, Usage usage, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, ReadOnlySpan<byte> inputDetails, ReadOnlySpan<byte> outputDetails)
    {
        var total = usage.InputTotal ?? 0;
        writer.Number(input, total);
        writer.BeginObject(inputDetails);
        writer.Number("cached_tokens"u8, usage.CacheRead ?? 0);
        if (usage.CacheWrite is > 0 and var written) writer.Number("cache_write_tokens"u8, written);
        writer.EndObject();
        writer.Number(output, usage.Output ?? 0);
        writer.BeginObject(outputDetails);
        writer.Number("reasoning_tokens"u8, usage.Reasoning ?? 0);
        writer.EndObject();
        writer.Number("total_tokens"u8, total + (usage.Output ?? 0));
    }

    private static long? Count(JsonView value) => value.TryInteger(out var count) && count is >= 0 and <= JsonScalarReader.LargestCount ? count : null;
}
