using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Edits;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Applies the edits that a provider's configuration names. The two halves of an edit go together: its headers are taken out by the header
/// rules, its fields here. What was really there and is now gone is told as losses; an edit that found nothing costs nothing.
/// </summary>
internal static class NamedEdits
{
    private static readonly ConditionalWeakTable<ProviderEdit, BodyPatch> s_patches = [];

    /// <summary>The pieces of a body with the edits made.</summary>
    public static ReadOnlyMemory<byte>[] Segments(BodyEdits edits)
    {
        var segments = new List<ReadOnlyMemory<byte>>((edits.Count * 2) + 1);
        foreach (var segment in edits) segments.Add(segment);
        return [.. segments];
    }

    /// <summary>Adds the body halves to the edits; gives those that apply in this dialect and the names of those that took something away.</summary>
    public static (ImmutableArray<ProviderEdit> Applied, string? Losses) Apply(
        ImmutableArray<ProviderEdit> configured, Dialect dialect, CallerHeaders headers, ReadOnlySpan<byte> body, BodyEdits edits)
    {
        var applied = ImmutableArray.CreateBuilder<ProviderEdit>();
        var losses = new List<string>();
        foreach (var edit in configured)
        {
            if (edit.Dialect != dialect) continue;
            applied.Add(edit);
            var found = s_patches.GetValue(edit, Compile).Apply(body, edits);
            if (found.Count > 0 || InHeaders(edit, headers)) losses.Add(edit.Name);
        }

        return (applied.ToImmutable(), losses.Count > 0 ? string.Join(',', losses) : null);
    }

    private static BodyPatch Compile(ProviderEdit edit) =>
        BodyPatch.TryCreate(edit.RemoveFields, edit.RemoveBlocks, out var patch, out var error)
            ? patch!
            : throw new InvalidDataException($"The edit '{edit.Name}' of the catalog is wrong: {error}");

    private static bool InHeaders(ProviderEdit edit, CallerHeaders headers)
    {
        foreach (var name in edit.RemoveHeaders)
        {
            if (headers.Find(name).Count > 0) return true;
        }

        if (edit.RemoveBetaPrefixes.IsEmpty) return false;
        foreach (var beta in headers.Find("anthropic-beta").ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (edit.RemoveBetaPrefixes.Any(p => beta.StartsWith(p, StringComparison.OrdinalIgnoreCase))) return true;
        }

        return false;
    }
}
