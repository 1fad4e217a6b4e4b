using System.Collections.Immutable;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>The fields of a request that the program has no place for. They are left out and told.</summary>
internal static class CliLosses
{
    private static readonly ImmutableArray<string> s_fields =
        ["max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "service_tier", "container", "context_management", "mcp_servers", "inference_geo"];

    // What is carried, and what says nothing to the model.
    private static readonly ImmutableArray<string> s_known =
        ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "stream", "metadata", "cache_control"];

    /// <summary>Losses as callers and the ledger are told of them; null when there are none.</summary>
    public static string? Ids(IReadOnlyList<string> losses) => losses.Count == 0 ? null : string.Join(',', losses.Select(static loss => $"claude-program.{loss}"));

    /// <summary>The losses of a request's own fields: known ones by name, and one for any that is not known.</summary>
    public static IEnumerable<string> Fields(JsonView root)
    {
        var losses = new List<string>();
        foreach (var member in root.Members)
        {
            var name = JsonText.Read(member.EscapedName, escaped: true);
            if (member.Value.IsNullOrAbsent || s_known.Contains(name)) continue;
            // Each request must name max_tokens, so its loss would be told on every one of them; the program's own limit is as high as the model's.
            if (name == "max_tokens") continue;
            losses.Add(s_fields.Contains(name) ? name : "unknown_field");
        }

        var choice = root["tool_choice"u8]["type"u8];
        if (choice.Exists && !choice.Is("auto"u8)) losses.Add("tool_choice");
        return losses.Distinct();
    }
}
