using System.Text.RegularExpressions;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Json;
using Gatehouse.Clients.Toml;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>The pieces of a document that edits must not touch: every comment, and every value outside of the edited paths as it is written, in order.</summary>
internal static partial class DocumentParts
{
    public static IReadOnlyList<string> OutsideOf(ConfigDocument document, IReadOnlyList<Edit> edits)
    {
        var parts = new List<string>();
        if (document is JsoncDocument json) Json(json, edits, parts);
        else Toml((TomlDocument)document, edits, parts);
        return parts;
    }

    /// <summary>A value as a person reads it in a failure.</summary>
    public static string Written(ConfigValue value) => value switch
    {
        ConfigString at => JsoncStrings.Write(at.Text),
        ConfigArray at => $"[{string.Join(",", at.Items.Select(Written))}]",
        ConfigObject at => $"{{{string.Join(",", at.Members.Select(member => JsoncStrings.Write(member.Key) + ":" + Written(member.Value)))}}}",
        ConfigNumber at => at.Text,
        ConfigBoolean at => at.Value ? "true" : "false",
        _ => value.Kind,
    };

    private static void Json(JsoncDocument document, IReadOnlyList<Edit> edits, List<string> parts)
    {
        var at = document.Text.Start;
        if (document.Node is { } root) Walk(root, KeyPath.Root);
        Comments(document.Text.Slice(at, document.Text.Length), parts);

        void Walk(JsoncNode node, KeyPath path)
        {
            if (IsOwned(path, edits))
            {
                at = node.End;
                return;
            }
            foreach (var slot in node.Slots ?? [])
            {
                Comments(document.Text.Slice(at, slot.Start), parts);
                at = slot.KeyEnd;
                var inner = slot.Key is null ? path.Item("", "") : path.Key(slot.Key);
                if (IsOwned(inner, edits))
                {
                    at = slot.Node.End;
                    continue;
                }
                Comments(document.Text.Slice(at, slot.Node.Start), parts);
                at = slot.Node.Start;
                Walk(slot.Node, inner);
            }
            if (node.Slots is null) parts.Add($"{path} {document.Text.Slice(node.Start, node.End)}");
            else Comments(document.Text.Slice(at, node.End), parts);
            at = node.End;
        }
    }

    private static void Toml(TomlDocument document, IReadOnlyList<Edit> edits, List<string> parts)
    {
        var at = document.Text.Start;
        foreach (var section in document.Sections)
        {
            Comments(document.Text.Slice(at, section.Start), parts);
            at = section.End;
            var table = KeyPath.Of(section.Path);
            if (section.Header is not null && !IsOwned(table, edits) && !edits.Any(edit => table.Contains(edit.Path))) parts.Add($"{section.IsArray} {table}");
            foreach (var entry in section.Entries)
            {
                Comments(document.Text.Slice(at, entry.Key.Start), parts);
                at = entry.Node.End;
                var path = KeyPath.Of([.. section.Path, .. entry.Key.Parts]);
                if (!IsOwned(path, edits) && !edits.Any(edit => path.Contains(edit.Path))) parts.Add(document.Text.Slice(entry.Key.Start, entry.Node.End));
            }
        }
        Comments(document.Text.Slice(at, document.Text.Length), parts);
    }

    private static bool IsOwned(KeyPath path, IReadOnlyList<Edit> edits) => edits.Any(edit => edit.Path.Contains(path));

    private static void Comments(string between, List<string> parts) => parts.AddRange(Comment().Matches(between).Select(match => match.Value.TrimEnd()));

    // What lies between values holds no strings, so this is enough to find comments of either language.
    [GeneratedRegex(@"//[^\r\n]*|/\*[\s\S]*?\*/|#[^\n]*")]
    private static partial Regex Comment();
}
