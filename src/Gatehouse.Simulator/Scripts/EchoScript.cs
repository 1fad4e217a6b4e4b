namespace Gatehouse.Simulator.Scripts;

/// <summary>
/// The default script: repeats what the user said, obeys the directives in it, and quotes tool results.
/// A pure function of the conversation, so that the same request gets the same answer.
/// </summary>
internal static class EchoScript
{
    private const int QuoteLimit = 400;
    private const int MostDeltas = 200_000;
    private const int LongestPause = 600_000;

    /// <summary>Plans the answer to a conversation.</summary>
    public static Answer Plan(Conversation talk)
    {
        var prompt = LastPrompt(talk);
        var rounds = Rounds(prompt.Directives);
        var round = rounds[Math.Min(prompt.RoundsDone, rounds.Count - 1)];
        var fresh = prompt.RoundsDone < rounds.Count;
        var parts = new List<AnswerPart>();
        if (fresh) AddThinking(talk, round, prompt.Text, parts);
        if (fresh) AddHosted(talk, round, parts);
        var calls = fresh && !talk.ToolsForbidden ? Calls(talk, round) : [];
        if (calls.Count == 0 && talk.ForcedTool is { } forced && !prompt.HasResults && Forced(talk, forced) is { } call) calls.Add(call);
        AddText(talk, round, prompt, calls.Count > 0, parts);
        parts.AddRange(calls);
        return new Answer(parts)
        {
            End = round.Any(d => d.Verb == "refuse") ? AnswerEnd.Refusal : calls.Count > 0 ? AnswerEnd.ToolCalls : AnswerEnd.Finished,
            Pause = TimeSpan.FromMilliseconds(prompt.Directives.LastOrDefault(d => d.Verb == "slow")?.Number(LongestPause) ?? 0),
        };
    }

    private static Prompt LastPrompt(Conversation talk)
    {
        var results = new List<string>();
        var rounds = 0;
        for (var i = talk.Turns.Count - 1; i >= 0; i--)
        {
            switch (talk.Turns[i])
            {
                case ResultTurn result:
                    if (rounds == 0) results.Insert(0, UserText.Bare(result.Text));
                    break;
                case CallTurn when i == 0 || talk.Turns[i - 1] is not CallTurn:
                    rounds++;
                    break;
                case UserTurn user when UserText.Authored(user) is { Count: > 0 } texts:
                    var directives = texts.SelectMany(Directive.ReadAll).ToList();
                    // Text that an agent adds behind a tool's result is its own, unless it gives orders.
                    var besideResult = i > 0 && rounds == 0 && talk.Turns[i - 1] is ResultTurn && directives.Count == 0;
                    if (!besideResult) return new Prompt(texts[^1], directives, rounds, results);
                    break;
                default:
                    break;
            }
        }
        return new Prompt("", [], rounds, results);
    }

    private static List<List<Directive>> Rounds(List<Directive> directives)
    {
        List<List<Directive>> rounds = [[]];
        foreach (var directive in directives)
        {
            if (directive.Verb == "then") rounds.Add([]);
            else rounds[^1].Add(directive);
        }
        return rounds;
    }

    private static void AddThinking(Conversation talk, List<Directive> round, string prompt, List<AnswerPart> parts)
    {
        if (talk.Reasoning == Reasoning.Off) return;
        if (round.Any(d => d.Verb == "redacted")) parts.Add(new RedactedPart());
        if (talk.Reasoning == Reasoning.Always || round.Any(d => d.Verb == "think"))
            parts.Add(new ThinkingPart($"The user wants an answer to this: {Quote(prompt)}. I will do as asked."));
    }

    private static void AddHosted(Conversation talk, List<Directive> round, List<AnswerPart> parts)
    {
        foreach (var directive in round.Where(static d => d.Verb == "hosted"))
        {
            if (!Enum.TryParse<HostedKind>(directive.Argument, ignoreCase: true, out var kind) || !talk.Hosted.TryGetValue(kind, out var server)) continue;
            parts.Add(new HostedCallPart(kind, server));
            parts.Add(new HostedResultPart(kind));
        }
    }

    private static List<AnswerPart> Calls(Conversation talk, List<Directive> round)
    {
        var calls = new List<AnswerPart>();
        foreach (var directive in round)
        {
            var tool = talk.Tools.FirstOrDefault(t => t.Name == directive.Name);
            if (tool is null) continue;
            if (directive.Verb == "tool" && !tool.IsCustom)
                calls.Add(new ToolCallPart(tool.Name, directive.Argument.Length == 0 ? "{}" : directive.Argument, tool.Namespace));
            else if (directive.Verb is "custom" or "tool")
                calls.Add(new CustomCallPart(tool.Name, directive.Argument));
        }
        return calls;
    }

    private static AnswerPart? Forced(Conversation talk, string name)
    {
        var tool = talk.Tools.FirstOrDefault(t => name.Length == 0 || t.Name == name);
        if (tool is null) return null;
        return tool.IsCustom
            ? new CustomCallPart(tool.Name, "forced") : new ToolCallPart(tool.Name, SchemaSample.Json(tool.Schema), tool.Namespace);
    }

    private static void AddText(Conversation talk, List<Directive> round, Prompt prompt, bool calling, List<AnswerPart> parts)
    {
        var texts = new List<string>();
        var said = prompt.RoundsDone == 0 || prompt.Directives.Any(d => d.Verb == "then");
        foreach (var directive in round.Where(_ => said))
        {
            if (directive.Verb == "say") texts.AddRange(Fragments(directive.Argument));
            if (directive.Verb == "long") texts.AddRange(Enumerable.Range(1, directive.Number(MostDeltas)).Select(i => $"word{i} "));
        }
        if (texts.Count == 0 && calling) return;
        if (texts.Count == 0)
        {
            texts.AddRange(Fragments(
                talk.TextSchema is { } schema ? SchemaSample.Json(schema)
                : prompt.HasResults ? "Tool result: " + Quote(string.Join(" | ", prompt.Results))
                : "You said: " + Quote(prompt.Text)));
        }
        parts.Add(new TextPart(texts) { CitesPage = parts.Any(static p => p is HostedCallPart { Kind: HostedKind.Search }) });
    }

    private static string Quote(string text) => text.Length <= QuoteLimit ? text : string.Concat(text.AsSpan(0, SafeCut(text)), "…");

    // A surrogate pair must not be cut in half: the halves cannot be written as UTF-8.
    private static int SafeCut(string text) => char.IsHighSurrogate(text[QuoteLimit - 1]) ? QuoteLimit - 1 : QuoteLimit;

    /// <summary>Cuts text after its spaces, as tokens roughly are.</summary>
    public static List<string> Fragments(string text)
    {
        var fragments = new List<string>();
        var from = 0;
        for (var at = text.IndexOf(' ', StringComparison.Ordinal); at >= 0 && at + 1 < text.Length; at = text.IndexOf(' ', at + 1))
        {
            fragments.Add(text[from..(at + 1)]);
            from = at + 1;
        }
        fragments.Add(text[from..]);
        return fragments;
    }

    private sealed record Prompt(string Text, List<Directive> Directives, int RoundsDone, List<string> Results)
    {
        public bool HasResults => Results.Count > 0;
    }
}
