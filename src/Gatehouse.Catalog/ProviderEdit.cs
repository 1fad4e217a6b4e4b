using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Edits;

namespace Gatehouse.Catalog;

/// <summary>
/// A named change to requests for hosts that speak a dialect but refuse parts of it. Header and body halves go together, because a beta
/// without its field (or the other way round) is refused too. Data, off by default, disclosed as a loss when it takes something away.
/// </summary>
public sealed record ProviderEdit
{
    /// <summary>The name by which configuration switches it on, and by which the loss is disclosed.</summary>
    public required string Name { get; init; }

    /// <summary>What it takes away and which hosts need it, for people.</summary>
    public required string Description { get; init; }

    /// <summary>The dialect whose requests it applies to.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>Values taken out of the comma-separated <c>anthropic-beta</c> header: those that start with one of these.</summary>
    public ImmutableArray<string> RemoveBetaPrefixes { get; init; } = [];

    /// <summary>Headers taken out whole.</summary>
    public ImmutableArray<string> RemoveHeaders { get; init; } = [];

    /// <summary>Paths of members taken out of the body, such as <c>context_management</c> or <c>tools[].defer_loading</c>.</summary>
    public ImmutableArray<string> RemoveFields { get; init; } = [];

    /// <summary>Array elements taken out of the body when their <c>text</c> starts with a prefix.</summary>
    public ImmutableArray<BlockRemoval> RemoveBlocks { get; init; } = [];
}
