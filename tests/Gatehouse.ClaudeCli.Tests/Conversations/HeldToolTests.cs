using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Conversations;

/// <summary>Processes that wait for the results of tools which their clients run.</summary>
public sealed class HeldToolTests
{
    [Fact]
    public async Task Results_answer_the_calls_in_the_process_that_made_them_however_long_it_took()
    {
        await using var stage = await StandinStage.StartAsync();
        var called = await stage.AskAsync([StandinStage.User("[call a b]")]);
        called.Calls.Count.ShouldBe(2);
        // The client's message ends where the model calls; nothing comes behind it.
        called.Events[^1].ShouldBe("message_stop");
        called.Body.ShouldContain("\"stop_reason\":\"tool_use\"");
        called.Body.ShouldNotContain("mcp__");
        stage.Clock.Pass(TimeSpan.FromSeconds(60));
        // In another order than the calls.
        var answered = await stage.AskAsync([StandinStage.User("[call a b]"), called.Message, StandinStage.Results(called.Calls.Reverse())]);
        answered.Process.ShouldBe(called.Process);
        var seen = (await stage.SeenAsync(called.Process)).Where(line => line.Contains("mcp_response", StringComparison.Ordinal)).ToList();
        seen.Count.ShouldBe(2);
        foreach (var call in called.Calls) seen.ShouldContain(line => line.Contains($"result of {call}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_is_never_answered_is_interrupted_at_its_time_and_the_next_request_is_fed()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Hold = TimeSpan.FromMinutes(5), Idle = TimeSpan.FromMinutes(1) });
        var called = await stage.AskAsync([StandinStage.User("[call a]")]);
        // Not when a process would be ended that has nothing to wait for.
        stage.Clock.Pass(TimeSpan.FromMinutes(4));
        StandinStage.Group(called.Process).ShouldNotBeEmpty();
        stage.Clock.Pass(TimeSpan.FromMinutes(2));
        await StandinStage.ShouldEndAsync(called.Process);
        (await stage.SeenAsync(called.Process))[^1].ShouldContain("\"subtype\":\"interrupt\"");

        var late = await stage.AskAsync([StandinStage.User("[call a]"), called.Message, StandinStage.Results(called.Calls)]);
        late.Process.ShouldNotBe(called.Process);
        (await stage.SeenAsync(late.Process)).ShouldContain(line => line.Contains($"result of {called.Calls[0]}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Results_that_come_in_two_messages_are_the_results_of_one_turn()
    {
        await using var stage = await StandinStage.StartAsync();
        var called = await stage.AskAsync([StandinStage.User("[call a b]")]);
        var answered = await stage.AskAsync(
            [StandinStage.User("[call a b]"), called.Message, StandinStage.Results(called.Calls.Take(1)), StandinStage.Results(called.Calls.Skip(1))]);
        answered.Process.ShouldBe(called.Process);
    }

    [Fact]
    public async Task A_request_without_all_results_is_refused_and_the_whole_one_still_goes_on()
    {
        await using var stage = await StandinStage.StartAsync();
        var called = await stage.AskAsync([StandinStage.User("[call a b]")]);
        var refusal = await Should.ThrowAsync<InvalidOperationException>(
            () => stage.AskAsync([StandinStage.User("[call a b]"), called.Message, StandinStage.Results(called.Calls.Take(1))]));
        refusal.Message.ShouldContain(called.Calls[1]);
        refusal.Message.ShouldNotContain(called.Calls[0]);
        (await stage.AskAsync([StandinStage.User("[call a b]"), called.Message, StandinStage.Results(called.Calls)])).Process.ShouldBe(called.Process);
    }

    [Fact]
    public async Task Who_says_something_else_instead_of_a_result_or_changes_the_tools_is_fed_anew()
    {
        await using var stage = await StandinStage.StartAsync();
        var called = await stage.AskAsync([StandinStage.User("[call a]")]);
        var said = StandinStage.Results(called.Calls);
        said["content"]!.AsArray().Add(new JsonObject { ["type"] = "text", ["text"] = "and this" });
        (await stage.AskAsync([StandinStage.User("[call a]"), called.Message, said])).Process.ShouldNotBe(called.Process);
        var tools = new JsonObject { ["tools"] = new JsonArray(new JsonObject { ["name"] = "b" }) };
        (await stage.AskAsync([StandinStage.User("[call a]"), called.Message, StandinStage.Results(called.Calls)], more: tools)).Process.ShouldNotBe(called.Process);
    }

    [Fact]
    public async Task A_held_process_takes_no_slot_and_goes_first_when_there_are_too_many()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1, MaxProcesses = 2 });
        var held = new List<Answered>();
        for (var i = 0; i < 3; i++)
        {
            held.Add(await stage.AskAsync([StandinStage.User($"[call a] {i}")]));
            stage.Clock.Pass(TimeSpan.FromSeconds(1));
        }

        await StandinStage.ShouldEndAsync(held[0].Process);
        foreach (var one in held.Skip(1)) StandinStage.Group(one.Process).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Processes_that_take_too_much_memory_together_end_and_the_least_used_first()
    {
        // Each shell takes a megabyte or more.
        await using var stage = await StandinStage.StartAsync(settings => settings with { Memory = 1 << 20 });
        var first = await stage.AskAsync([StandinStage.User("one")]);
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        await using var running = await stage.BeginAsync([StandinStage.User("[stubborn]")]);
        await StandinStage.ShouldEndAsync(first.Process);
        running.Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_process_ends_when_nobody_goes_on_or_when_it_has_served_long_enough()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Idle = TimeSpan.FromMinutes(10), Lifetime = TimeSpan.FromMinutes(25) });
        var idle = await stage.AskAsync([StandinStage.User("idle")]);
        var talk = new JsonArray(StandinStage.User("busy"));
        var busy = await stage.AskAsync(talk);
        for (var i = 0; i < 3; i++)
        {
            stage.Clock.Pass(TimeSpan.FromMinutes(8));
            talk.Add(busy.Message);
            talk.Add(StandinStage.User("more"));
            var next = await stage.AskAsync(talk);
            next.Process.ShouldBe(busy.Process);
            busy = next;
        }

        await StandinStage.ShouldEndAsync(idle.Process);
        stage.Clock.Pass(TimeSpan.FromMinutes(6));
        await StandinStage.ShouldEndAsync(busy.Process);
    }
}
