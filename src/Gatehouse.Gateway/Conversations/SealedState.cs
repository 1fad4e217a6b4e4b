using System.Buffers.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// Seals upstreams' opaque state with the ring's key for conversations, bound to where it was issued: provider, model, and the account that the
/// credential belongs to. One per attempt; thread-safe.
/// </summary>
internal sealed class SealedState(KeyRing keys, string provider, string model, string? credential) : StateSeal
{
    /// <summary>The longest text that is tried: sealed redacted thinking is some kilobytes.</summary>
    private const int Longest = 4 * 1024 * 1024;

    private readonly string _bound = $"state\n{provider}\n{model}\n{credential}";

    /// <inheritdoc/>
    public override void Seal(ReadOnlySpan<byte> state, PooledBuffer output)
    {
        var box = keys.SealSame(KeyPurpose.ConversationState, _bound, state);
        output.Append(MarkBytes);
        output.Advance(Base64Url.EncodeToUtf8(box, output.GetSpan(Base64Url.GetEncodedLength(box.Length))));
    }

    /// <inheritdoc/>
    public override bool TryOpen(ReadOnlySpan<byte> text, PooledBuffer state)
    {
        if (!text.StartsWith(MarkBytes) || text.Length > Longest) return false;
        var encoded = text[MarkBytes.Length..];
        if (!Base64Url.IsValid(encoded, out var length)) return false;
        using var box = new PooledBuffer();
        box.Advance(Base64Url.DecodeFromUtf8(encoded, box.GetSpan(length)));
        if (keys.TryOpen(KeyPurpose.ConversationState, _bound, box.Written) is not { } opened) return false;
        state.Append(opened);
        return true;
    }
}
