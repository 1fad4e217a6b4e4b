using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.CommandLine;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--bogus", "--bogus")]
    [InlineData("token create --bogus", "--bogus")]
    [InlineData("token create --kind robot", "'client'")]
    [InlineData("token create --expires soon", "45m, 12h, 30d, 8w")]
    [InlineData("token create --expires 0d", "45m, 12h, 30d, 8w")]
    [InlineData("token", "Required command")]
    [InlineData("limits", "Write one of 'show', 'set', 'ceiling'.")]
    [InlineData("token revoke", "token")]
    [InlineData("credential add", "provider")]
    [InlineData("credential add anthropic sk-key-on-the-command-line", "standard input")]
    [InlineData("simulate", "--port")]
    [InlineData("simulate --port 70000", "0 to 65535")]
    [InlineData("simulate --port eighty", "--port is 'eighty', which is not a number.")]
    [InlineData("usage --by robot", "'robot' is not known here. Write one of 'day', 'model', ")]
    [InlineData("simulate --port 0 --scenario missing.json", "missing.json")]
    [InlineData("tokn", "tokn")]
    public async Task A_line_that_cannot_be_understood_is_exit_2_with_words_on_standard_error_alone(string line, string named)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Output.ShouldBeEmpty();
        ran.Error.ShouldStartWith("gatehouse: ");
        ran.Error.ShouldContain(named);
        Directory.Exists(home.DataDirectory).ShouldBeFalse("nothing may be done");
    }

    [Theory]
    [InlineData("anthropic sk-key-on-the-command-line")]
    [InlineData("anthropic sk-key-on-the-command-line --json")]
    [InlineData("sk-key-on-the-command-line-in-the-place-of-the-name-of-the-provider-and-as-long-as-keys-are")]
    [InlineData("sk.key.on.the.command.line --json")]
    public async Task A_key_on_the_command_line_is_not_repeated(string line)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "credential add " + line, "typed");
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.ToString().ShouldNotContain("sk-key");
        ran.ToString().ShouldNotContain("sk.key");
        Directory.Exists(home.DataDirectory).ShouldBeFalse("nothing may be done");
    }

    [Theory]
    [InlineData("--data-dir")]
    [InlineData("--config")]
    public async Task An_empty_path_does_not_mean_the_usual_one(string option)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, ["token", "list", option, ""]);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.ShouldContain($"{option} is empty");
        Directory.Exists(home.DataDirectory).ShouldBeFalse("nothing may be done");
    }

    [Theory]
    [InlineData("token list --json")]
    [InlineData("token create --bogus --json")]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("presets")]
    public async Task An_output_that_takes_nothing_more_is_exit_1_with_the_reason(string line)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunIntoAsync(home, line, "/dev/full");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldStartWith("gatehouse: ");
        ran.Error.ShouldContain("can't be written");
        ran.Error.ShouldContain("No space left on device");
        (await Gate.RunIntoAsync(home, line, "/dev/full 2>&1")).ExitCode.ShouldBe(1, "there is nowhere left to say it");
    }

    [Fact]
    public async Task A_misused_command_with_json_still_prints_one_object()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "token list --json --bogus");
        ran.ExitCode.ShouldBe(2);
        ran.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        ran.Json.GetProperty("command").GetString().ShouldBe("token list");
        ran.Json.GetProperty("errors")[0].GetProperty("message").GetString()!.ShouldContain("--bogus");
    }

    [Fact]
    public async Task Version_is_the_number_alone()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "--version");
        ran.ExitCode.ShouldBe(0);
        ran.Output.Trim().ShouldMatch(@"^\d+\.\d+\.\d+$");
        ran.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    public async Task Without_a_command_the_help_says_how_to_begin(string line)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line);
        ran.ExitCode.ShouldBe(0);
        ran.Output.ShouldContain("gatehouse demo");
        ran.Output.ShouldContain("gatehouse serve");
        ran.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_of_a_command_ends_with_examples()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "credential add --help");
        ran.ExitCode.ShouldBe(0);
        ran.Output.ShouldContain("Examples:");
        ran.Output.ShouldContain("gatehouse credential add openai < key.txt");
        ran.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_used_is_explained()
    {
        using var home = new TemporaryHome();
        var file = home.Write("file", "");
        var ran = await Gate.RunAsync(home, ["token", "list", "--data-dir", file]);
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain($"{file} is a file");
        ran.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_master_key_that_does_not_fit_is_explained_and_changes_nothing()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "token create")).ExitCode.ShouldBe(0);
        var ran = await Gate.RunAsync(home, "token list", "", ("GATEHOUSE_MASTER_KEY", new string('a', 64)));
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain("GATEHOUSE_MASTER_KEY");
        (await Gate.RunAsync(home, "token list")).ExitCode.ShouldBe(0);
    }
}
