using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Tokens;

public sealed class TokenCommandTests
{
    [Fact]
    public async Task A_new_token_stands_alone_on_standard_output_and_is_kept_nowhere()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "token create --name laptop");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldMatch(@"^ghc_[0-9A-Za-z]{49}\r?\n$");
        ran.Error.ShouldContain("laptop");
        ran.Error.ShouldNotContain(ran.Output.Trim());
        home.FilesHolding(ran.Output.Trim()).ShouldBeEmpty();
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(home.Database).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(home.KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Kind_models_and_expiry_are_kept_and_listed()
    {
        using var home = new TemporaryHome();
        var made = await Gate.RunAsync(home,
            ["token", "create", "--name", "ci", "--kind", "service", "--models", "claude-*, gpt-5-mini", "--expires", "30d", "--json"]);
        made.ExitCode.ShouldBe(0, made.ToString());
        var token = made.Json.GetProperty("data");
        token.GetProperty("token").GetString()!.ShouldStartWith("ghv_");
        made.Error.ShouldBeEmpty();

        var listed = await Gate.RunAsync(home, "token list --json");
        var row = listed.Json.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("kind").GetString().ShouldBe("service");
        row.GetProperty("models").EnumerateArray().Select(m => m.GetString()).ShouldBe(["claude-*", "gpt-5-mini"]);
        row.GetProperty("state").GetString().ShouldBe("good");
        row.TryGetProperty("token", out _).ShouldBeFalse();
        (row.GetProperty("expires_at").GetDateTimeOffset() - row.GetProperty("created_at").GetDateTimeOffset()).TotalDays.ShouldBe(
            30, 0.01);
        listed.Output.ShouldNotContain(token.GetProperty("token").GetString()!);
    }

    [Theory]
    [InlineData("--user ann", "ann")]
    [InlineData("", "local")]
    public async Task An_admin_session_is_a_users(string option, string name)
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "user add ann")).ExitCode.ShouldBe(0);
        var made = await Gate.RunAsync(home, $"token create --kind admin {option} --json");
        made.ExitCode.ShouldBe(0, made.ToString());
        made.Json.GetProperty("data").GetProperty("token").GetString()!.ShouldStartWith("gha_");
        var user = (await Gate.RunAsync(home, "user list --json")).Json.GetProperty("data").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == name).GetProperty("id").GetString();
        made.Json.GetProperty("data").GetProperty("user").GetString().ShouldBe(user);
    }

    [Fact]
    public async Task A_token_for_a_user_that_is_not_there_is_not_made()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "token create --kind admin --user nobody");
        ran.ExitCode.ShouldBe(1);
        ran.Output.ShouldBeEmpty();
        ran.Error.ShouldContain("'nobody'");
    }

    [Fact]
    public async Task A_revoked_token_stays_in_the_list()
    {
        using var home = new TemporaryHome();
        await Gate.RunAsync(home, "token create --name laptop");
        var revoked = await Gate.RunAsync(home, "token revoke laptop");
        revoked.ExitCode.ShouldBe(0, revoked.ToString());
        revoked.Output.ShouldBeEmpty();
        var listed = await Gate.RunAsync(home, "token list");
        listed.Output.ShouldContain("laptop");
        listed.Output.ShouldContain("revoked");

        var again = await Gate.RunAsync(home, "token revoke laptop");
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("revoked already");
    }

    [Fact]
    public async Task An_unknown_token_is_named_in_the_refusal()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "token revoke nobody --json");
        ran.ExitCode.ShouldBe(1);
        ran.Json.GetProperty("errors")[0].GetProperty("message").GetString()!.ShouldContain("'nobody'");
    }

    [Fact]
    public async Task Tables_in_a_pipe_are_one_plain_row_per_line()
    {
        using var home = new TemporaryHome();
        await Gate.RunAsync(home, ["token", "create", "--name", new string('n', 100)]);
        await Gate.RunAsync(home, "token create --name second");
        var lines = (await Gate.RunAsync(home, "token list")).Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(3);
        lines[0].ShouldStartWith("ID");
        lines.ShouldAllBe(line => !line.Contains('\e') && !line.Contains('│'));
        lines[1].IndexOf("client", StringComparison.Ordinal).ShouldBe(lines[0].IndexOf("KIND", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_list_says_how_to_make_one()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "token list");
        ran.ExitCode.ShouldBe(0);
        ran.Output.ShouldBeEmpty();
        ran.Error.ShouldContain("gatehouse token create");
    }
}
