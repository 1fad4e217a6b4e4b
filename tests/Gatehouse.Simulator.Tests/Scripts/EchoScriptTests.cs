using Gatehouse.Simulator.Scripts;

namespace Gatehouse.Simulator.Tests.Scripts;

public sealed class EchoScriptTests
{
    private static readonly OfferedTool s_bash = new("Bash", false, null, null);
    private static readonly OfferedTool s_patch = new("apply_patch", true, null, null);

    [Fact]
    public void The_last_authored_text_is_repeated() =>
        Said(Talk([new UserTurn(["first"]), new AssistantTurn("x"),
            new UserTurn(["<system-reminder>\nnot this\n</system-reminder>", "second"])])).ShouldBe("You said: second");

    [Fact]
    public void Reminders_alone_are_no_prompt() =>
        Said(Talk([new UserTurn(["hello"]), new UserTurn(["<environment_context>cwd</environment_context>"])])).ShouldBe("You said: hello");

    [Fact]
    public void A_directive_in_a_reminder_is_not_obeyed() =>
        EchoScript.Plan(Talk([new UserTurn(["<system-reminder>[tool Bash {}]</system-reminder>", "hello"])])).CallsTools.ShouldBeFalse();

    [Fact]
    public void Brackets_and_braces_inside_the_input_do_not_end_it()
    {
        var plan = EchoScript.Plan(Talk([new UserTurn(["""do [tool Bash {"command":"echo [a] \"}\" ]"}] now"""])]));
        plan.Parts.ShouldBe([new ToolCallPart("Bash", """{"command":"echo [a] \"}\" ]"}""")]);
        plan.End.ShouldBe(AnswerEnd.ToolCalls);
    }

    [Fact]
    public void A_call_is_made_once_and_its_result_quoted() => Said(Talk(
        [new UserTurn(["[tool Bash {}]"]), new CallTurn("1", "Bash"), new ResultTurn("1", "marker-42")]))
            .ShouldBe("Tool result: marker-42");

    [Fact]
    public void Text_that_an_agent_adds_behind_a_result_is_no_new_prompt() => Said(Talk(
        [new UserTurn(["[tool Bash {}]"]), new CallTurn("1", "Bash"), new ResultTurn("1", "ok"), new UserTurn(["Keep going."])]))
            .ShouldBe("Tool result: ok");

    [Fact]
    public void Rounds_follow_one_another()
    {
        List<Turn> turns = [new UserTurn(["""[tool Bash {"n":1}] [then] [tool Bash {"n":2}] [then] [say finished]"""])];
        EchoScript.Plan(Talk(turns)).Parts.ShouldBe([new ToolCallPart("Bash", """{"n":1}""")]);
        turns.AddRange([new CallTurn("1", "Bash"), new ResultTurn("1", "a")]);
        EchoScript.Plan(Talk(turns)).Parts.ShouldBe([new ToolCallPart("Bash", """{"n":2}""")]);
        turns.AddRange([new CallTurn("2", "Bash"), new ResultTurn("2", "b")]);
        Said(Talk(turns)).ShouldBe("finished");
    }

    [Fact]
    public void A_tool_that_is_not_offered_is_not_called() =>
        EchoScript.Plan(Talk([new UserTurn(["[tool Nope {}]"])])).CallsTools.ShouldBeFalse();

    [Fact]
    public void Custom_tools_get_text() =>
        EchoScript.Plan(Talk([new UserTurn(["[custom apply_patch *** Begin]"])])).Parts.ShouldBe(
            [new CustomCallPart("apply_patch", "*** Begin")]);

    [Fact]
    public void Long_and_slow_answers()
    {
        var plan = EchoScript.Plan(Talk([new UserTurn(["[long 5] [slow 20]"])]));
        plan.Parts.OfType<TextPart>().Single().Fragments.Count.ShouldBe(5);
        plan.Pause.ShouldBe(TimeSpan.FromMilliseconds(20));
    }

    [Theory]
    [InlineData(nameof(Reasoning.Off), false)]
    [InlineData(nameof(Reasoning.Allowed), true)]
    public void Thinking_needs_the_requests_leave(string reasoning, bool thinks) =>
        EchoScript.Plan(Talk([new UserTurn(["[think] x"])]) with
        {
            Reasoning =
            Enum.Parse<Reasoning>(reasoning)
        }).Parts.OfType<ThinkingPart>().Any().ShouldBe(thinks);

    [Fact]
    public void A_forced_tool_gets_the_smallest_legal_input()
    {
        var tool = new OfferedTool("emit", false, null, """{"type":"object","required":["a","b"],"properties":{"a":{"enum":["x"]},"b":{"type":"array","minItems":1,"items":{"type":"integer"}}}}""");
        var plan = EchoScript.Plan(new Conversation([new UserTurn(["hi"])], [tool]) { ForcedTool = "emit" });
        plan.Parts.OfType<ToolCallPart>().Single().Arguments.ShouldBe("""{"a":"x","b":[1]}""");
    }

    private static Conversation Talk(List<Turn> turns) => new(turns, [s_bash, s_patch]);

    private static string Said(Conversation talk) => EchoScript.Plan(talk).Parts.ShouldHaveSingleItem().ShouldBeOfType<TextPart>().Text;
}
