using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Credentials;

public sealed class CredentialCommandTests
{
    private const string Canary = "sk-canary-5f0b1f3a9c2d4e6f8a7b";

    [Fact]
    public async Task A_key_from_standard_input_is_sealed_and_shows_up_nowhere()
    {
        using var home = new TemporaryHome();
        var added = await Gate.RunAsync(home, "credential add anthropic", Canary + "\n");
        added.ExitCode.ShouldBe(0, added.ToString());
        added.Output.ShouldBeEmpty();
        added.Error.ShouldContain("Sealed");
        var listed = await Gate.RunAsync(home, "credential list --json");
        var row = listed.Json.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("provider").GetString().ShouldBe("anthropic");
        row.GetProperty("hint").GetString().ShouldBe(Canary[^4..]);
        row.GetProperty("opens").GetBoolean().ShouldBeTrue();
        foreach (var text in (string[])[added.Error, listed.Output, listed.Error, (await Gate.RunAsync(home, "credential list")).Output,
            (await Gate.RunAsync(home, "config check")).Output])
            text.ShouldNotContain(Canary);
        home.FilesHolding(Canary).ShouldBeEmpty();
        home.FilesHolding(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Canary))[..20]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("two words of key", "blanks")]
    public async Task A_bad_key_is_refused_without_repeating_it(string key, string reason)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "credential add anthropic", key);
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain(reason);
        if (key.Length > 0) ran.Error.ShouldNotContain(key);
        (await Gate.RunAsync(home, "credential list --json")).Json.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_name_is_taken_once_per_provider_and_free_again_after_removal()
    {
        using var home = new TemporaryHome();
        await Gate.RunAsync(home, "credential add openai --name team", Canary);
        var again = await Gate.RunAsync(home, "credential add openai --name team", Canary);
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("already");
        (await Gate.RunAsync(home, "credential remove openai/team")).ExitCode.ShouldBe(0);
        (await Gate.RunAsync(home, "credential add openai --name team", Canary)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_provider_that_nobody_knows_is_warned_of()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "credential add antropic --json", Canary);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Json.GetProperty("warnings")[0].GetString()!.ShouldContain("'antropic'");
    }
}
