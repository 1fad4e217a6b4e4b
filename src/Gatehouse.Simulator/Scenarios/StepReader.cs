using System.Text.Json;
using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Scenarios;

/// <summary>Reads one step and notes every problem with its place, so that all can be told at once.</summary>
internal sealed class StepReader(JsonElement step, string place, List<string> problems)
{
    private static readonly string[] s_members = ["when", "times", "answer", "stop", "pause_ms", "usage", "faults", "headers"];
    private static readonly string[] s_conditions = ["dialect", "model", "nth", "contains", "tool_result"];
    private static readonly string[] s_usage = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning"];

    private static readonly Dictionary<string, AnswerEnd> s_ends = new(StringComparer.Ordinal)
    {
        ["end"] = AnswerEnd.Finished,
        ["tool_calls"] = AnswerEnd.ToolCalls,
        ["max_tokens"] = AnswerEnd.TokenLimit,
        ["stop_sequence"] = AnswerEnd.StopSequence,
        ["refusal"] = AnswerEnd.Refusal,
    };

    /// <summary>Reads the step; what could not be read is left out of it.</summary>
    public ScenarioStep Read()
    {
        Known(step, place, s_members);
        return new ScenarioStep(Condition())
        {
            Times = Number(step, place, "times") ?? 1,
            Answer = step.Get("answer") is null ? null : Parts(),
            End = End(),
            Pause = Number(step, place, "pause_ms") is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            Usage = Usage(),
            Faults = Faults(),
            Headers = Headers(),
        };
    }

    private ScenarioCondition Condition()
    {
        if (step.Get("when") is not { } when) return new ScenarioCondition(null, null, null, null, null);
        var at = place + ".when";
        Known(when, at, s_conditions);
        var dialect = Text(when, at, "dialect");
        if (dialect is not (null or "anthropic" or "openai-chat" or "openai-responses"))
            problems.Add($"{at}.dialect: '{dialect}' is none of anthropic, openai-chat, openai-responses");
        var toolResult = when.Get("tool_result");
        if (toolResult is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            problems.Add($"{at}.tool_result: true or false is needed");
        return new ScenarioCondition(dialect, Text(when, at, "model"), Number(when, at, "nth"), Text(when, at, "contains"),
            toolResult is null ? null : toolResult.Value.ValueKind == JsonValueKind.True);
    }

    private List<AnswerPart> Parts()
    {
        var parts = new List<AnswerPart>();
        if (step.Get("answer") is not { ValueKind: JsonValueKind.Array } list)
        {
            problems.Add($"{place}.answer: a list of parts is needed");
            return parts;
        }
        var index = 0;
        foreach (var part in list.EnumerateArray())
        {
            var at = $"{place}.answer[{index++}]";
            if (Part(part, at) is { } read) parts.Add(read);
            else problems.Add($"{at}: a part is one of {{text}}, {{thinking}}, {{redacted: true}}, {{tool, input}}, {{custom, input}}");
        }
        return parts;
    }

    private AnswerPart? Part(JsonElement part, string at)
    {
        if (part.ValueKind != JsonValueKind.Object) return null;
        Known(part, at, ["text", "thinking", "redacted", "tool", "custom", "input"]);
        if (part.Text("text") is { } text) return new TextPart(EchoScript.Fragments(text));
        if (part.Text("thinking") is { } thinking) return new ThinkingPart(thinking);
        if (part.IsTrue("redacted")) return new RedactedPart();
        if (part.Text("tool") is { } tool) return new ToolCallPart(tool, part.Get("input")?.GetRawText() ?? "{}");
        return part.Text("custom") is { } custom ? new CustomCallPart(custom, part.Text("input") ?? "") : null;
    }

    private AnswerEnd? End()
    {
        if (Text(step, place, "stop") is not { } stop) return null;
        if (s_ends.TryGetValue(stop, out var end)) return end;
        problems.Add($"{place}.stop: '{stop}' is none of {string.Join(", ", s_ends.Keys)}");
        return null;
    }

    private UsageOverride? Usage()
    {
        if (step.Get("usage") is not { } usage) return null;
        var at = place + ".usage";
        Known(usage, at, s_usage);
        var figures = s_usage.Select(name => Number(usage, at, name)).ToArray();
        return new UsageOverride(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5]);
    }

    private string? Faults()
    {
        if (Text(step, place, "faults") is not { } faults) return null;
        foreach (var unknown in FaultGrammar.Parse(faults, FaultPlan.None).Unknown)
            problems.Add($"{place}.faults: unknown fault '{unknown}'");
        return faults;
    }

    private List<KeyValuePair<string, string>> Headers()
    {
        if (step.Get("headers") is not { } headers) return [];
        if (headers.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{place}.headers: an object is needed");
            return [];
        }

        return [.. headers.EnumerateObject().Select(h => KeyValuePair.Create(h.Name, Text(headers, place + ".headers", h.Name) ?? ""))];
    }

    private void Known(JsonElement holder, string at, string[] names)
    {
        if (holder.ValueKind != JsonValueKind.Object) problems.Add($"{at}: an object is needed");
        else problems.AddRange(holder.EnumerateObject().Where(m => !names.Contains(m.Name)).Select(m => $"{at}.{m.Name}: unknown member"));
    }

    private string? Text(JsonElement holder, string at, string name)
    {
        if (holder.Get(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        problems.Add($"{at}.{name}: text is needed");
        return null;
    }

    private int? Number(JsonElement holder, string at, string name)
    {
        if (holder.Get(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0) return number;
        problems.Add($"{at}.{name}: a whole number from 0 is needed");
        return null;
    }
}
