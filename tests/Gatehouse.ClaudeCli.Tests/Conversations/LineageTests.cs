using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Conversations;

/// <summary>
/// What becomes of a conversation whose client sends this or that next. It goes on in its process only where the process knows exactly what the client sends; everything
/// else is fed to a new one as it stands, so that the model never knows anything that the client does not.
/// </summary>
public sealed class LineageTests
{
    private const int Turns = 4;

    /// <summary>What is sent next after four turns (messages 0 to 7), and whether the process goes on.</summary>
    public static TheoryData<string, bool> Scenarios => new()
    {
        { "strict growth", true },
        { "the same in another spelling", true },
        { "the same with cache markers", true },
        { "the last message again", false },
        { "another last message", false },
        { "fewer messages", false },
        { "the first message edited", false },
        { "an answer edited", false },
        { "two messages more than were answered", false },
        { "compaction: a summary and the last turn", false },
        { "an early result cut", false },
        { "everything else", false },
        { "another system text", false },
        { "another tool", false },
        { "another model", false },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_conversation_goes_on_where_the_process_knows_all_of_it_and_nothing_else(string scenario, bool goesOn)
    {
        await using var stage = await StandinStage.StartAsync();
        var messages = new JsonArray();
        var process = 0;
        for (var i = 0; i < Turns; i++)
        {
            messages.Add(StandinStage.User($"message {i}"));
            var answer = await stage.AskAsync(messages, "s");
            if (i > 0) answer.Process.ShouldBe(process);
            process = answer.Process;
            messages.Add(answer.Message);
        }

        var more = new JsonObject();
        var next = Next(scenario, messages, more);
        var last = await stage.AskAsync(next, "s", more: more);
        (last.Process == process).ShouldBe(goesOn);
        await ShouldKnowAsync(stage, last.Process, next, isFed: !goesOn);
    }

    [Fact]
    public async Task After_an_undo_the_new_branch_goes_on_by_itself()
    {
        await using var stage = await StandinStage.StartAsync();
        var first = await stage.AskAsync([StandinStage.User("one")], "s");
        var undone = await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("two")], "s");
        undone.Process.ShouldBe(first.Process);
        var other = await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("another two")], "s");
        other.Process.ShouldNotBe(first.Process);
        var on = await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("another two"), other.Message, StandinStage.User("three")], "s");
        on.Process.ShouldBe(other.Process);
        // Nor is the branch that was left forgotten.
        var back = await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("two"), undone.Message, StandinStage.User("back")], "s");
        back.Process.ShouldBe(first.Process);
    }

    [Fact]
    public async Task After_a_compaction_the_summary_goes_on_and_a_second_compaction_too()
    {
        await using var stage = await StandinStage.StartAsync();
        var talk = new JsonArray();
        for (var i = 0; i < 3; i++)
        {
            talk.Add(StandinStage.User($"long message {i}"));
            talk.Add((await stage.AskAsync(talk, "s")).Message);
        }

        for (var round = 0; round < 2; round++)
        {
            talk = [StandinStage.User($"summary {round}"), talk[^1]!.DeepClone(), StandinStage.User("go on")];
            var fed = await stage.AskAsync(talk, "s");
            await ShouldKnowAsync(stage, fed.Process, talk, isFed: true);
            talk.Add(fed.Message);
            talk.Add(StandinStage.User("further"));
            var on = await stage.AskAsync(talk, "s");
            on.Process.ShouldBe(fed.Process);
            talk.Add(on.Message);
        }
    }

    private static JsonArray Next(string scenario, JsonArray talk, JsonObject more)
    {
        List<JsonNode> Kept(int count) => [.. talk.Take(count).Select(m => m!.DeepClone())];
        JsonArray Grown() => [.. Kept(talk.Count), StandinStage.User("next")];
        JsonArray Edited(int at, string text)
        {
            var grown = Grown();
            grown[at]!["content"] = text;
            return grown;
        }

        switch (scenario)
        {
            case "strict growth": return Grown();
            case "the same in another spelling":
            case "the same with cache markers":
                var spelled = Grown();
                spelled[0]!["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = (string)spelled[0]!["content"]! });
                if (scenario.Contains("cache", StringComparison.Ordinal)) spelled[0]!["content"]![0]!["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
                return spelled;
            case "the last message again": return [.. Kept(talk.Count - 1)];
            case "another last message": return [.. Kept(talk.Count - 2), StandinStage.User("another")];
            case "fewer messages": return [.. Kept(2), StandinStage.User("next")];
            case "the first message edited": return Edited(0, "edited");
            case "an answer edited": return Edited(3, "what the model never said");
            case "two messages more than were answered":
                return [.. Kept(talk.Count), StandinStage.User("next"), new JsonObject { ["role"] = "assistant", ["content"] = "from elsewhere" }, StandinStage.User("and next")];
            case "compaction: a summary and the last turn": return [StandinStage.User("a summary"), .. talk.TakeLast(1).Select(m => m!.DeepClone()), StandinStage.User("next")];
            case "an early result cut": return Edited(2, "cut");
            case "everything else": return [StandinStage.User("of something else")];
            case "another system text":
                more["system"] = "Be brief.";
                return Grown();
            case "another tool":
                more["tools"] = new JsonArray(new JsonObject { ["name"] = "t", ["input_schema"] = new JsonObject { ["type"] = "object" } });
                return Grown();
            case "another model":
                more["model"] = "haiku";
                return Grown();
            default: throw new ArgumentOutOfRangeException(nameof(scenario), scenario, "unknown");
        }
    }

    // A process that goes on gets the last message alone; a new one the whole history, each message once and in order.
    private static async Task ShouldKnowAsync(StandinStage stage, int process, JsonArray messages, bool isFed)
    {
        var lines = (await stage.SeenAsync(process)).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["type"] is "user" or "assistant").ToList();
        if (isFed) lines.Count.ShouldBe(messages.Count);
        var told = lines.TakeLast(isFed ? messages.Count : 1).Select(line => ((string?)line["message"]!["role"], Text(line["message"]!["content"]!)));
        told.ShouldBe(messages.TakeLast(isFed ? messages.Count : 1).Select(m => ((string?)m!["role"], Text(m["content"]!))));
    }

    private static string Text(JsonNode content) => content is JsonArray blocks ? string.Concat(blocks.Select(b => (string?)b!["text"])) : (string)content!;
}
