using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Answers;

/// <summary>What a client gets of what the program says: one message, whole or visibly broken, and errors as what they are.</summary>
public sealed class ProgramStreamTests
{
    private static readonly string[] s_whole =
        ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"];

    [Theory]
    [InlineData("hello")]
    // Lines of tomorrow, lines that are no JSON, and what an agent inside the program says pass by.
    [InlineData("[odd]")]
    // It lost the vendor's stream before anything came of it.
    [InlineData("[anew]")]
    // It goes on by itself, where the client sees the end.
    [InlineData("[lone]")]
    public async Task An_answer_is_one_message_with_the_usage_of_its_own_events(string prompt)
    {
        await using var stage = await StandinStage.StartAsync();
        var answer = await stage.AskAsync([StandinStage.User(prompt)]);
        answer.Events.ShouldBe(s_whole);
        answer.Broke.ShouldBeNull();
        answer.Body.ShouldContain("\"output_tokens\":7");
        // The result's usage counts every turn of the process: it is no turn's own.
        answer.Body.ShouldNotContain("999");
    }

    [Fact]
    public async Task A_process_that_went_on_by_itself_is_not_gone_on_with()
    {
        await using var stage = await StandinStage.StartAsync();
        var first = await stage.AskAsync([StandinStage.User("[lone]")]);
        await StandinStage.ShouldEndAsync(first.Process);
        (await stage.AskAsync([StandinStage.User("[lone]"), first.Message, StandinStage.User("next")])).Process.ShouldNotBe(first.Process);
    }

    [Theory]
    [InlineData("[twice]", "again")]
    [InlineData("[half]", "middle")]
    public async Task Half_an_answer_is_broken_off_visibly_and_not_gone_on_with(string prompt, string reason)
    {
        await using var stage = await StandinStage.StartAsync();
        var answer = await stage.AskAsync([StandinStage.User(prompt)]);
        answer.Status.ShouldBe(200);
        answer.Broke.ShouldNotBeNull().ShouldContain(reason);
        answer.Events.ShouldNotContain("message_stop");
        await StandinStage.ShouldEndAsync(answer.Process);
        answer.Events.Count(name => name == "message_start").ShouldBe(1);
    }

    [Theory]
    [InlineData("[silent]", 502, "api_error")]
    [InlineData("[empty]", 502, "api_error")]
    [InlineData("[die]", 502, "api_error")]
    [InlineData("[fail 401]", 401, "authentication_error")]
    [InlineData("[fail 429]", 429, "rate_limit_error")]
    [InlineData("[fail 503]", 502, "api_error")]
    [InlineData("[fail 529]", 529, "overloaded_error")]
    [InlineData("[fail null]", 502, "api_error")]
    public async Task What_is_no_answer_is_an_error_and_never_text(string prompt, int status, string type)
    {
        await using var stage = await StandinStage.StartAsync();
        var answer = await stage.AskAsync([StandinStage.User(prompt)]);
        answer.Status.ShouldBe(status, answer.Body);
        ((string?)JsonNode.Parse(answer.Body)!["error"]!["type"]).ShouldBe(type);
        if (prompt == "[die]") answer.Body.ShouldContain("went down");
    }

    [Fact]
    public async Task An_empty_message_that_tells_why_it_is_empty_is_an_answer()
    {
        await using var stage = await StandinStage.StartAsync();
        var answer = await stage.AskAsync([StandinStage.User("[refuse]")]);
        answer.Events.ShouldBe(["message_start", "message_delta", "message_stop"]);
        answer.Body.ShouldContain("refusal");
    }
}
