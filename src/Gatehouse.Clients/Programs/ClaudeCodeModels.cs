using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Programs;

/// <summary>
/// The models of Claude Code: a variable per tier, one for the start and one for subagents. They are set together or not at all: a slot
/// that was left behind by another setup sends part of the requests to a model that nobody answers to.
/// </summary>
public static class ClaudeCodeModels
{
    /// <summary>The variable for the tier of small tasks, whose model gets no suffix such as <c>[1m]</c>.</summary>
    private const string Small = "ANTHROPIC_DEFAULT_HAIKU_MODEL";

    private static readonly ImmutableArray<string> _large = ["ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_FABLE_MODEL"];

    // Replaced by the others in later versions, which still read them.
    private static readonly ImmutableArray<string> _former = ["ANTHROPIC_SMALL_FAST_MODEL", "ANTHROPIC_REASONING_MODEL"];

    /// <summary>Every variable that names a model.</summary>
    public static ImmutableArray<string> Variables { get; } = ["ANTHROPIC_MODEL", .. _large, Small, "CLAUDE_CODE_SUBAGENT_MODEL", .. _former];

    /// <summary>The variables for a setup, in the order of their importance; none when Claude Code's own names are left in force.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Slots(ClientSetup setup)
    {
        if (setup.Model is not { } model) yield break;
        var fast = WithoutSuffix((setup.FastModel ?? model).Name);
        yield return new("ANTHROPIC_MODEL", model.Name);
        foreach (var slot in _large) yield return new(slot, model.Name);
        yield return new(Small, fast);
        yield return new("CLAUDE_CODE_SUBAGENT_MODEL", model.Name);
        if (!IsVendors(model.Name))
        {
            // What the picker shows; it knows the vendor's own names.
            foreach (var slot in _large) yield return new(slot + "_NAME", model.Name);
        }

        if (!IsVendors(fast)) yield return new(Small + "_NAME", fast);
    }

    /// <summary>Writes the slots down, and clears those that would be left behind.</summary>
    internal static void Plan(Draft draft, KeyPath env)
    {
        var slots = Slots(draft.Setup).ToList();
        foreach (var (name, value) in slots) draft.Set(env.Key(name), value);
        foreach (var name in Variables.Concat([.. _large.Select(slot => slot + "_NAME"), Small + "_NAME"]).Where(name => slots.All(slot => slot.Key != name)))
        {
            if (slots.Count > 0 || IsStale(draft, env, name)) draft.Remove(env.Key(name));
        }

        PlanWindow(draft, env);
        if (slots.Count == 0 && draft.Text(KeyPath.Of("model")) is { } chosen && chosen.Contains('-', StringComparison.Ordinal) && !draft.Setup.IsRouted(chosen))
            draft.Warn($"\"model\" names {chosen}, which Gatehouse does not answer to. Choose another one with /model, or name one with --model.");
    }

    // Claude Code takes 200,000 tokens for every model that it does not know, and compacts too late where fewer fit.
    private static void PlanWindow(Draft draft, KeyPath env)
    {
        const int assumed = 200_000;
        if (draft.Setup.Model is { ContextTokens: { } tokens and < assumed } model && !IsVendors(model.Name))
            draft.Set(env.Key("CLAUDE_CODE_AUTO_COMPACT_WINDOW"), tokens.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    // Left alone, Claude Code's own names are in force; a slot stays when it leads somewhere. A label goes with its slot.
    private static bool IsStale(Draft draft, KeyPath env, string name)
    {
        var slot = name.EndsWith("_NAME", StringComparison.Ordinal) ? name[..^"_NAME".Length] : name;
        return draft.Text(env.Key(slot)) is { } model && !draft.Setup.IsRouted(model);
    }

    private static bool IsVendors(string model) => model.StartsWith("claude-", StringComparison.OrdinalIgnoreCase);

    private static string WithoutSuffix(string model) => model.EndsWith("[1m]", StringComparison.OrdinalIgnoreCase) ? model[..^4] : model;
}
