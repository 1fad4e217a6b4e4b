using System.Buffers;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.SameDialect;

/// <summary>
/// What a translation sealed for a client, met in a conversation that now goes to a provider of the client's own dialect: another model was chosen. The provider
/// would refuse such a body, for it never issued that state. Notes of a compaction that can be opened stand in words in its place; everything else that was
/// sealed is taken out, as state of another provider is anywhere. All other bytes stay. Pure functions.
/// </summary>
public static class OwnState
{
    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdef"u8);
    private static readonly Loss s_state = new("foreign_state", "Thinking of another provider's model, what its tools found, or a page that it cited, is taken out of the history.");
    private static readonly Loss s_notes = new("foreign_compaction", "Notes of a compaction made here stand in words in place of their item, which this provider can't read.");
    private static readonly Loss s_unread = new("foreign_compaction.unread", "A compaction item made here that can't be opened, for it is another caller's, is taken out.");

    /// <summary>Every way in which something is lost here; docs/dialects/identity.md has a row for each.</summary>
    public static IReadOnlyList<Loss> Losses { get; } = [s_state, s_notes, s_unread];

    /// <summary>Whether a body may hold any: nearly none does, and this is one pass of the vector unit over it.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> body) => body.IndexOf("\"gh1."u8) >= 0;

    /// <summary>Lays the changes over a body; gives the losses to tell, none when nothing had to be changed.</summary>
    /// <param name="dialect">The dialect of the body.</param>
    /// <param name="body">The body; one that is not JSON is left to the provider.</param>
    /// <param name="compactions">What the caller's compaction items are sealed with.</param>
    /// <param name="edits">Edits on the same body.</param>
    public static IReadOnlyList<Loss> TakeOut(Dialect dialect, ReadOnlySpan<byte> body, StateSeal compactions, BodyEdits edits)
    {
        ArgumentNullException.ThrowIfNull(compactions);
        ArgumentNullException.ThrowIfNull(edits);
        if (!JsonView.TryParse(body, out var request)) return [];
        var losses = new List<Loss>(2);
        if (dialect == Dialect.OpenAiResponses)
        {
            var items = new ElementCuts(body, edits);
            foreach (var item in request["input"u8].Items) TakeItem(item, compactions, ref items, losses);
            items.Finish();
        }
        else if (dialect == Dialect.Anthropic)
        {
            var messages = new ElementCuts(body, edits);
            foreach (var message in request["messages"u8].Items) TakeBlocks(body, message, ref messages, edits, losses);
            messages.Finish();
        }

        return losses;
    }

    private static void TakeItem(JsonView item, StateSeal compactions, ref ElementCuts items, List<Loss> losses)
    {
        if (!item["encrypted_content"u8].StartsWith(StateSeal.MarkBytes))
        {
            items.Keep(item);
            return;
        }

        var message = ResponsesCompaction.TryOpenMessage(item, compactions);
        Tell(losses, message is not null ? s_notes : item["type"u8].Is("compaction"u8) ? s_unread : s_state);
        if (message is not null) items.Replace(item, message);
        else items.Cut(item);
    }

    private static void TakeBlocks(ReadOnlySpan<byte> body, JsonView message, ref ElementCuts messages, BodyEdits edits, List<Loss> losses)
    {
        var content = message["content"u8];
        HashSet<string>? searches = null;
        var (going, all) = (0, 0);
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("web_search_tool_result"u8) && HoldsSealed(block)) (searches ??= new(StringComparer.Ordinal)).Add(block["tool_use_id"u8].Text() ?? "");
        }

        foreach (var block in content.Items)
        {
            all++;
            if (IsSealed(block, searches)) going++;
            else TakeCitations(body, block["citations"u8], edits, losses);
        }

        // A message without any content is refused.
        if (going > 0 && going == all) messages.Cut(message);
        else messages.Keep(message);
        if (going > 0) Tell(losses, s_state);
        if (going == 0 || going == all) return;
        var blocks = new ElementCuts(body, edits);
        foreach (var block in content.Items)
        {
            if (IsSealed(block, searches)) blocks.Cut(block);
            else blocks.Keep(block);
        }

        blocks.Finish();
    }

    /// <summary>The pages that another provider found, which a text rests on; the text stays.</summary>
    private static void TakeCitations(ReadOnlySpan<byte> body, JsonView citations, BodyEdits edits, List<Loss> losses)
    {
        var kept = new ElementCuts(body, edits);
        foreach (var citation in citations.Items)
        {
            if (citation["encrypted_index"u8].StartsWith(StateSeal.MarkBytes))
            {
                kept.Cut(citation);
                Tell(losses, s_state);
            }
            else kept.Keep(citation);
        }

        kept.Finish();
    }

    private static bool IsSealed(JsonView block, HashSet<string>? searches)
    {
        var type = block["type"u8];
        if (type.Is("thinking"u8)) return block["signature"u8].StartsWith(StateSeal.MarkBytes);
        if (type.Is("redacted_thinking"u8)) return block["data"u8].StartsWith(StateSeal.MarkBytes);
        if (IsMade(block["id"u8]) || IsMade(block["tool_use_id"u8])) return true;
        if (searches is null) return false;
        if (type.Is("web_search_tool_result"u8)) return searches.Contains(block["tool_use_id"u8].Text() ?? "");
        return type.Is("server_tool_use"u8) && searches.Contains(block["id"u8].Text() ?? "");
    }

    /// <summary>Whether an id is one that was made up here for a call of another provider's own tool: an exchange's id in hexadecimal, and a number.</summary>
    private static bool IsMade(JsonView id)
    {
        if (!id.StartsWith("srvtoolu_"u8) && !id.StartsWith("mcptoolu_"u8)) return false;
        var made = id.Escaped["srvtoolu_"u8.Length..];
        return made.Length > 33 && made[32] == '_' && !made[..32].ContainsAnyExcept(s_hexadecimal);
    }

    private static bool HoldsSealed(JsonView result)
    {
        foreach (var page in result["content"u8].Items)
        {
            if (page["encrypted_content"u8].StartsWith(StateSeal.MarkBytes)) return true;
        }

        return false;
    }

    private static void Tell(List<Loss> losses, Loss loss)
    {
        if (!losses.Contains(loss)) losses.Add(loss);
    }
}
