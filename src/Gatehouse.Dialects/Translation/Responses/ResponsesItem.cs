using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>Which life an output item leads in the stream.</summary>
internal enum ItemShape : byte
{
    /// <summary>A message with parts of text.</summary>
    Message,

    /// <summary>Reasoning with parts of summary.</summary>
    Reasoning,

    /// <summary>A call with JSON arguments.</summary>
    Function,

    /// <summary>A call of a free-form tool, whose input is text.</summary>
    Custom,

    /// <summary>A search by the provider.</summary>
    WebSearch,

    /// <summary>An item without events of its own: it is told of when it is whole.</summary>
    Whole,
}

/// <summary>Which kind of part of an item is open.</summary>
internal enum PartShape : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary><c>output_text</c>.</summary>
    Text,

    /// <summary><c>refusal</c>.</summary>
    Refusal,

    /// <summary><c>summary_text</c>.</summary>
    Summary,
}

/// <summary>One output item while its stream runs, and its JSON once it is done. Owned by a <see cref="ResponsesStream"/>, not thread-safe.</summary>
internal sealed class ResponsesItem(ItemShape shape, int index, byte[] id)
{
    /// <summary>What it is.</summary>
    public ItemShape Shape { get; } = shape;

    /// <summary>Its <c>output_index</c>.</summary>
    public int Index { get; } = index;

    /// <summary>Its id, plain; needs no escapes.</summary>
    public byte[] Id { get; } = id;

    /// <summary>The id that call and result share, plain; needs no escapes. Empty where there is none.</summary>
    public byte[] CallId { get; init; } = [];

    /// <summary>The tool that is called: its name, still escaped.</summary>
    public byte[] Name { get; init; } = [];

    /// <summary>The namespace of the tool, still escaped; null for none.</summary>
    public byte[]? Namespace { get; init; }

    /// <summary>The open part.</summary>
    public PartShape Part { get; set; }

    /// <summary>The index of the open part, or of the next one.</summary>
    public int PartIndex { get; set; }

    /// <summary>The text of the open part, or the arguments or input of a call, still escaped.</summary>
    public PooledBuffer Text { get; } = new();

    /// <summary>The annotations of the open part, separated by commas.</summary>
    public PooledBuffer Annotations { get; } = new();

    /// <summary>Log probabilities of the open part's tokens, separated by commas.</summary>
    public PooledBuffer Logprobs { get; } = new();

    /// <summary>The parts that are done, separated by commas.</summary>
    public PooledBuffer Parts { get; } = new();

    /// <summary>The item's JSON, once it is done; empty before.</summary>
    public PooledBuffer Final { get; } = new();

    /// <summary>Whether it is done.</summary>
    public bool IsDone => Final.Length > 0;

    /// <summary>Gives the memory back. To be called by the stream that owns it.</summary>
    public void Release()
    {
        Text.Dispose();
        Annotations.Dispose();
        Logprobs.Dispose();
        Parts.Dispose();
        Final.Dispose();
    }
}
