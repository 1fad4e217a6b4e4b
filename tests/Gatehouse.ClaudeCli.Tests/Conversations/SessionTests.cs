using Gatehouse.ClaudeCli.Requests;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Conversations;

/// <summary>Which conversation a request belongs to, and the id that it is told by.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData("""{"device_id":"d","account_uuid":"a","session_id":"11-22"}""", "11-22")]
    [InlineData("user_0123_account__session_33-44", "33-44")]
    [InlineData("somebody", null)]
    [InlineData("""{"session_id":""}""", null)]
    [InlineData("{not json", null)]
    [InlineData(null, null)]
    public void A_session_is_read_off_the_users_id(string? user, string? session) => SessionName.Of(user).ShouldBe(session);

    [Theory]
    [InlineData("s")]
    [InlineData(null)]
    public async Task A_conversation_keeps_its_id_over_turns_and_over_a_restart_of_the_gateway(string? session)
    {
        await using var stage = await StandinStage.StartAsync();
        var first = await stage.AskAsync([StandinStage.User("one")], session);
        Guid.TryParse(first.Session, out _).ShouldBeTrue();
        var second = await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("two")], session);
        second.Session.ShouldBe(first.Session);
        await stage.RestartAsync();
        var third = await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("two"), second.Message, StandinStage.User("three")], session);
        third.Session.ShouldBe(first.Session);
        third.Process.ShouldNotBe(second.Process);
    }

    [Fact]
    public async Task A_named_conversation_keeps_its_id_when_its_history_changes_and_a_nameless_one_while_it_begins_alike()
    {
        await using var stage = await StandinStage.StartAsync();
        var named = await stage.AskAsync([StandinStage.User("one")], "s");
        (await stage.AskAsync([StandinStage.User("another one")], "s")).Session.ShouldBe(named.Session);
        var nameless = await stage.AskAsync([StandinStage.User("one")]);
        (await stage.AskAsync([StandinStage.User("one"), nameless.Message, StandinStage.User("two")])).Session.ShouldBe(nameless.Session);
        (await stage.AskAsync([StandinStage.User("one"), nameless.Message, StandinStage.User("another two")])).Session.ShouldBe(nameless.Session);
        (await stage.AskAsync([StandinStage.User("one")])).Session.ShouldNotBe(nameless.Session);
    }

    [Fact]
    public async Task An_id_is_forgotten_after_a_day_without_a_turn()
    {
        await using var stage = await StandinStage.StartAsync();
        var first = await stage.AskAsync([StandinStage.User("one")], "s");
        stage.Clock.Pass(TimeSpan.FromHours(25));
        (await stage.AskAsync([StandinStage.User("one")], "s")).Session.ShouldNotBe(first.Session);
    }

    [Fact]
    public async Task Conversations_do_not_cross_tokens_profiles_or_names()
    {
        await using var stage = await StandinStage.StartAsync();
        var token = Guid.NewGuid();
        var own = await stage.AskAsync([StandinStage.User("one")], "s", token, "one");
        var next = new System.Text.Json.Nodes.JsonArray(StandinStage.User("one"), own.Message, StandinStage.User("two"));
        foreach (var other in new[]
        {
            await stage.AskAsync(next, "s", Guid.NewGuid(), "one"), await stage.AskAsync(next, "s", token, "two"), await stage.AskAsync(next, "t", token, "one"),
            await stage.AskAsync(next, null, token, "one"),
        })
        {
            other.Process.ShouldNotBe(own.Process);
            other.Session.ShouldNotBe(own.Session);
        }

        (await stage.AskAsync(next, "s", token, "one")).Process.ShouldBe(own.Process);
    }

    [Fact]
    public async Task A_conversation_does_not_cross_working_folders()
    {
        await using var stage = await StandinStage.StartAsync();
        var first = await stage.AskAsync([StandinStage.User("one")], "s");
        await stage.RestartAsync("elsewhere");
        (await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("two")], "s")).Session.ShouldNotBe(first.Session);
        await stage.RestartAsync("work");
        (await stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User("two")], "s")).Session.ShouldBe(first.Session);
    }

    [Fact]
    public async Task Of_two_requests_that_race_on_a_conversation_one_goes_on_and_the_other_branches()
    {
        await using var stage = await StandinStage.StartAsync();
        var first = await stage.AskAsync([StandinStage.User("one")], "s");
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => stage.AskAsync([StandinStage.User("one"), first.Message, StandinStage.User($"race {i}")], "s")));
        both.Count(answer => answer.Process == first.Process).ShouldBe(1);
        both.ShouldAllBe(answer => answer.Session == first.Session);
    }

    [Fact]
    public async Task Two_clients_that_begin_alike_at_once_have_conversations_of_their_own()
    {
        await using var stage = await StandinStage.StartAsync();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => stage.AskAsync([StandinStage.User("alike")])));
        both[0].Session.ShouldNotBe(both[1].Session);
        both[0].Process.ShouldNotBe(both[1].Process);
        foreach (var one in both)
            (await stage.AskAsync([StandinStage.User("alike"), one.Message, StandinStage.User("own")])).Process.ShouldBe(one.Process);
    }
}
