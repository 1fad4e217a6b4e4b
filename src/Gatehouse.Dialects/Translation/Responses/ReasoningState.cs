using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// What is sealed into a reasoning item's <c>encrypted_content</c>: one letter for the upstream's dialect, and behind it the upstream's own state as it
/// has to come back, byte for byte. For Anthropic that is the thinking block itself, or the blocks of its own tools; for a chat upstream the escaped text of
/// <c>reasoning_content</c>, or its <see cref="ReasoningDetails"/>.
/// </summary>
internal static class ReasoningState
{
    private const byte OfAnthropic = (byte)'a';
    private const byte OfAnthropicTools = (byte)'s';
    private const byte OfChat = (byte)'c';

    /// <summary>Whether an Anthropic upstream issued it.</summary>
    public static bool IsAnthropic(ReadOnlySpan<byte> state) => state.Length > 1 && state[0] == OfAnthropic;

    /// <summary>Whether it holds blocks of Anthropic's own tools, separated by commas.</summary>
    public static bool IsAnthropicTools(ReadOnlySpan<byte> state) => state.Length > 1 && state[0] == OfAnthropicTools;

    /// <summary>Whether a chat upstream issued it.</summary>
    public static bool IsChat(ReadOnlySpan<byte> state) => state.Length > 1 && state[0] is OfChat or ReasoningDetails.Mark;

    /// <summary>The escaped text of a chat upstream's thinking; empty when only its details are known.</summary>
    public static ReadOnlySpan<byte> ChatText(ReadOnlySpan<byte> state) =>
        state[0] == OfChat ? Content(state) : ReasoningDetails.Read(state)["text"u8].Escaped;

    /// <summary>The state itself.</summary>
    public static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> state) => state[1..];

    /// <summary>Begins a state of an Anthropic upstream's.</summary>
    public static void BeginAnthropic(PooledBuffer state)
    {
        state.Clear();
        state.Append(OfAnthropic);
    }

    /// <summary>Begins a state of Anthropic's own tools.</summary>
    public static void BeginAnthropicTools(PooledBuffer state)
    {
        state.Clear();
        state.Append(OfAnthropicTools);
    }

    /// <summary>Begins a state of a chat upstream's.</summary>
    public static void BeginChat(PooledBuffer state)
    {
        state.Clear();
        state.Append(OfChat);
    }

    /// <summary>Writes the member <c>encrypted_content</c> with a state sealed.</summary>
    public static void WriteSealed(ReadOnlySpan<byte> state, StateSeal seal, PooledBuffer output)
    {
        output.Append("\"encrypted_content\":\""u8);
        seal.Seal(state, output);
        output.Append((byte)'"');
    }
}
