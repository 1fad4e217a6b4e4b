using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>
/// Makes the body of a vendor's counting call from that of a call which writes: the counters refuse what has no bearing on the input (limits, sampling,
/// streaming). Pure.
/// </summary>
public static class CountRequest
{
    /// <summary>Writes the counting body. False for a dialect without a counter, or a body that is not JSON.</summary>
    /// <param name="upstream">The dialect of the body.</param>
    /// <param name="body">A whole request.</param>
    /// <param name="output">Gets the counting body.</param>
    public static bool TryWrite(Dialect upstream, ReadOnlySpan<byte> body, PooledBuffer output)
    {
        if (upstream == Dialect.OpenAiChat || !JsonView.TryParse(body, out var request) || !request.IsObject) return false;
        var writer = new JsonWriter(output);
        writer.BeginObject();
        foreach (var member in request.Members)
        {
            if (upstream == Dialect.Anthropic ? IsCountedByAnthropic(member) : IsCountedByResponses(member))
            {
                writer.EscapedName(member.EscapedName);
                writer.Raw(member.Value);
            }
        }

        writer.EndObject();
        return true;
    }

    /// <summary>Reads a counter's answer: <c>{"input_tokens": N}</c> in both dialects.</summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, out long tokens)
    {
        tokens = 0;
        return JsonView.TryParse(answer, out var view) && view["input_tokens"u8].TryInteger(out tokens) && tokens >= 0;
    }

    private static bool IsCountedByAnthropic(JsonMember member) =>
        member.Is("model"u8) || member.Is("messages"u8) || member.Is("system"u8) || member.Is("tools"u8) || member.Is("tool_choice"u8)
        || member.Is("thinking"u8) || member.Is("output_config"u8);

    private static bool IsCountedByResponses(JsonMember member) =>
        member.Is("model"u8) || member.Is("input"u8) || member.Is("instructions"u8) || member.Is("tools"u8) || member.Is("tool_choice"u8)
        || member.Is("parallel_tool_calls"u8) || member.Is("reasoning"u8) || member.Is("text"u8);
}
