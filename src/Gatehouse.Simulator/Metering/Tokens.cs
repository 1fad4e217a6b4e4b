using System.Text;
using System.Text.Json;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Metering;

/// <summary>Deterministic token counts: a quarter of the bytes, rounded up. Not a tokenizer; the same text always costs the same.</summary>
internal static class Tokens
{
    /// <summary>Tokens in text.</summary>
    public static int Of(string text) => OfBytes(Encoding.UTF8.GetByteCount(text));

    /// <summary>Tokens in a JSON value as it was sent; 0 for an absent one.</summary>
    public static int Of(JsonElement? value) => value is { } v ? OfBytes(v.Size()) : 0;

    /// <summary>Tokens in this many bytes.</summary>
    public static int OfBytes(int bytes) => (bytes + 3) / 4;

    /// <summary>Tokens that the caller is billed for as output, reasoning included.</summary>
    public static int Of(Answer answer) => answer.Parts.Sum(Of);

    /// <summary>Tokens spent on reasoning.</summary>
    public static int Reasoning(Answer answer) => answer.Parts.Where(p => p is ThinkingPart or RedactedPart).Sum(Of);

    private static int Of(AnswerPart part) => part switch
    {
        TextPart text => Math.Max(1, Of(text.Text)),
        ThinkingPart thinking => Of(thinking.Text),
        RedactedPart => 32,
        ToolCallPart call => Of(call.Name) + Of(call.Arguments) + 8,
        CustomCallPart call => Of(call.Name) + Of(call.Input) + 8,
        _ => 0,
    };
}
