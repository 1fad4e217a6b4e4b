using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Logins;

/// <summary>Claude Code and the vendors' libraries on a provider that is called with the login of the claude program; the provider is strict about it.</summary>
public class ClaudeLoginTests(LoginStage stage) : IClassFixture<LoginStage>
{
    private const string Flag = "oauth-2025-04-20";
    private const string Model = "claude-opus-5-5";
    private readonly string _marker = $"login-{Guid.NewGuid():N}";

    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task Claude_Code_is_answered_and_its_own_betas_stay(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var run = await ClaudeCode.RunAsync(version, tee.Address, stage.Token, $"Answer this: {_marker}", "--model", Model);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(_marker);
        var one = (await stage.UnlikeAsync(tee, _marker)).ShouldHaveSingleItem();
        var sent = one.Call.Sent.Header("anthropic-beta").ShouldNotBeNull();
        sent.ShouldNotContain(Flag);
        one.Received.Header("anthropic-beta").ShouldBe($"{sent},{Flag}");
        one.Received.Header("user-agent").ShouldBe(one.Call.Sent.Header("user-agent"));
        one.Received.Body.ShouldBe(one.Call.Sent.Body);
        one.Row.CredentialSource.ShouldBe("login");
        ShouldBeTheLogins(one);
    }

    [Theory]
    [InlineData("node anthropic")]
    [InlineData("node chat")]
    [InlineData("node responses")]
    public async Task A_library_of_each_dialect_is_answered(string name)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await Sdk.Named(name).RunAsync(tee.Address, stage.Token, "create", Model, $"hello {_marker}");
        said.Text("text")!.ShouldContain(_marker);
        ShouldBeTheLogins((await stage.UnlikeAsync(tee, _marker)).ShouldHaveSingleItem());
    }

    [Fact]
    public async Task A_renewed_login_counts_from_the_next_call_on_an_expired_one_is_told_and_the_file_stays_as_it_is()
    {
        var sdk = Sdk.Named("node anthropic");
        try
        {
            var renewed = stage.Renew(LoginStage.Second, DateTimeOffset.UtcNow.AddHours(8));
            await using var tee = new RecordingTee(stage.Gateway);
            await sdk.RunAsync(tee.Address, stage.Token, "create", Model, $"hello {_marker}");
            (await stage.UnlikeAsync(tee, _marker)).ShouldHaveSingleItem().Received.Header("authorization").ShouldBe("Bearer " + LoginStage.Second);
            (await File.ReadAllTextAsync(stage.File)).ShouldBe(renewed);

            var ended = stage.Renew(LoginStage.Second, DateTimeOffset.UtcNow.AddHours(-1));
            var run = await ClaudeCode.RunAsync("claude-code", stage.Gateway, stage.Token, $"And this: {_marker}-late", "--model", Model);
            run.Code.ShouldNotBe(0);
            run.Output.ShouldContain("claude -p hello");
            await stage.ShouldNotBeReceivedAsync(_marker + "-late");
            var (code, _, story) = await stage.CommandAsync("status");
            code.ShouldBe(0, story);
            story.ShouldContain("expired");
            story.ShouldNotContain("canary");
            (await File.ReadAllTextAsync(stage.File)).ShouldBe(ended);
        }
        finally
        {
            stage.Renew(LoginStage.First, DateTimeOffset.UtcNow.AddHours(8));
        }
    }

    private static void ShouldBeTheLogins(Stages.Carried one)
    {
        one.Received.Header("authorization").ShouldBe("Bearer " + LoginStage.First);
        one.Received.Header("x-api-key").ShouldBeNull();
        one.Received.Header("anthropic-beta")!.ShouldEndWith(Flag);
        one.Call.Sent.Headers.ShouldAllBe(header => !header.Value.Contains("canary"));
    }
}
