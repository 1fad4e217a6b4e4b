using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>The kinds of content blocks that become items.</summary>
internal enum BlockKind : byte
{
    /// <summary><c>text</c>.</summary>
    Text,

    /// <summary><c>thinking</c>.</summary>
    Thinking,

    /// <summary><c>tool_use</c>.</summary>
    Call,
}

/// <summary>A content block of the answer while it is open. Owned by its <see cref="BlockTable"/>.</summary>
internal sealed class Block(long index, BlockKind kind) : IDisposable
{
    /// <summary>The index that the provider gave it.</summary>
    public long Index { get; } = index;

    /// <summary>What it is.</summary>
    public BlockKind Kind { get; } = kind;

    /// <summary>The item that text and thinking go to.</summary>
    public ResponsesItem? Item { get; init; }

    /// <summary>The call that it is.</summary>
    public ResponsesCall? Call { get; init; }

    /// <summary>The input that came with its start, for hosts that send no deltas.</summary>
    public byte[]? Input { get; init; }

    /// <summary>The signature of its thinking, still escaped.</summary>
    public PooledBuffer Signature { get; } = new();

    /// <summary>Its citations: the beginning of a JSON list.</summary>
    public PooledBuffer Citations { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Call?.Dispose();
        Signature.Dispose();
        Citations.Dispose();
    }
}
