using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Agents;

/// <summary>
/// The agents that a client can start by its Task tool, as the tool's description or schema names them, and the way back from the name that a model made of one. Models trained on
/// another client's agents ask for those; a client knows only its own.
/// </summary>
internal sealed partial class AgentNames
{
    private static readonly ImmutableArray<string> s_tools = ["Task", "task", "Agent"];
    private static readonly ImmutableArray<string> s_suffixes = ["-agent", "-tool", "-worker", "-task", " agent", " tool"];

    // Names that other clients have for the same trade.
    private static readonly ImmutableDictionary<string, string> s_aliases = new Dictionary<string, string[]>
    {
        ["general"] = ["general-purpose", "default"],
        ["oracle"] = ["code-reviewer", "reviewer", "code-review", "review", "consultation", "analyzer", "debugger", "consult", "architect"],
        ["explore"] = ["search", "grep", "find", "codebase-search"],
        ["librarian"] = ["research", "docs", "documentation", "lookup", "reference"],
        ["multimodal-looker"] = ["image-analyzer", "image", "pdf", "visual"],
        ["plan"] = ["planner", "planning"],
        ["build"] = ["builder", "coder", "developer", "writer", "executor"],
    }.SelectMany(pair => pair.Value.Select(alias => (alias, pair.Key))).ToImmutableDictionary(pair => pair.alias, pair => pair.Key);

    private AgentNames(ImmutableArray<AgentDefinition> agents) => (Definitions, All) = (agents, [.. agents.Select(agent => agent.Name)]);

    /// <summary>No agent.</summary>
    public static AgentNames None { get; } = new([]);

    /// <summary>The client's own names, in its order.</summary>
    public ImmutableArray<string> All { get; }

    /// <summary>Each with what it is for.</summary>
    public ImmutableArray<AgentDefinition> Definitions { get; }

    /// <summary>Whether a tool starts agents.</summary>
    public static bool IsAgentTool(string tool) => s_tools.Contains(tool);

    /// <summary>Reads the names off the tools of a request.</summary>
    public static AgentNames Read(JsonView tools)
    {
        foreach (var tool in tools.Items)
        {
            if (tool["name"u8].Text() is not { } name || !IsAgentTool(name)) continue;
            var agents = Described(tool["description"u8].Text() ?? "");
            if (agents.IsEmpty) agents = Enumerated(tool["input_schema"u8]["properties"u8]["subagent_type"u8]["enum"u8]);
            return agents.IsEmpty ? None : new AgentNames(agents);
        }

        return None;
    }

    /// <summary>The agents that a description lists below "Available agent types".</summary>
    public static ImmutableArray<AgentDefinition> Described(string description)
    {
        var heading = Heading().Match(description);
        if (!heading.Success) return [];
        var agents = ImmutableArray.CreateBuilder<AgentDefinition>();
        foreach (var line in description[(heading.Index + heading.Length)..].Split('\n'))
        {
            var entry = Entry().Match(line);
            if (!entry.Success) break;
            agents.Add(new AgentDefinition(entry.Groups[1].Value, entry.Groups[2].Value.Trim()));
        }

        return agents.ToImmutable();
    }

    /// <summary>
    /// The client's name for what a model asked for. In this order: the same but for case, a known alias, a beginning, a part, without an ending such as <c>-agent</c>, a name that it
    /// holds; else what was asked for, in lower case.
    /// </summary>
    public string Match(string asked)
    {
        if (asked.Length == 0) return asked;
        var name = asked.ToLowerInvariant();
        if (All.IsEmpty) return name;
        return Same(name)
            ?? (s_aliases.TryGetValue(name, out var alias) ? Same(alias) : null)
            ?? First(own => own.StartsWith(name, StringComparison.Ordinal))
            ?? First(own => own.Contains(name, StringComparison.Ordinal))
            ?? s_suffixes.Where(suffix => name.EndsWith(suffix, StringComparison.Ordinal)).Select(suffix => Same(name[..^suffix.Length])).FirstOrDefault(own => own is not null)
            ?? First(own => name.Contains(own, StringComparison.Ordinal))
            ?? name;
    }

    private static ImmutableArray<AgentDefinition> Enumerated(JsonView values)
    {
        var agents = ImmutableArray.CreateBuilder<AgentDefinition>();
        foreach (var value in values.Items)
        {
            if (value.Text() is { } name) agents.Add(new AgentDefinition(name, ""));
        }

        return agents.ToImmutable();
    }

    private string? Same(string name) => First(own => own == name);

    private string? First(Func<string, bool> fits) => All.FirstOrDefault(own => fits(own.ToLowerInvariant()));

    [GeneratedRegex(@"^Available agent types[^\n]*:[ \t]*\r?\n", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*- (\w[\w-]*):\s*(\S.*)")]
    private static partial Regex Entry();
}
