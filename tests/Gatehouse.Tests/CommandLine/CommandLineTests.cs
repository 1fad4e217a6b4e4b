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
    [InlineData("simulate --port 0 --scenario /tmp", "The scenario /tmp is a folder.")]
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

    public static TheoryData<string[], string> BadNames => new()
    {
        { ["token", "create", "--name", ""], "--name: A name is needed." },
        { ["token", "create", "--name", "  "], "--name: A name is needed." },
        { ["token", "create", "--name", new string('x', 101)], "--name: The name is longer than 100 characters." },
        { ["token", "create", "--name", "two\nlines"], "--name: A name has no line breaks" },
        { ["token", "create", "--models", "gpt-*,,x"], "--models: The list of models is empty or holds an empty name" },
        { ["token", "create", "--user", ""], "--user is empty." },
        { ["token", "revoke", ""], "<token> is empty." },
        { ["token", "revoke", new string('x', 201)], "<token> is longer than 200 characters" },
        { ["credential", "add", "anthropic", "--name", ""], "--name: A name is needed." },
        { ["credential", "remove", " "], "<credential> is empty." },
        { ["user", "add", ""], "<name>: A name is needed." },
        { ["user", "set", "", "--disable"], "<user> is empty." },
        { ["project", "add", "a\u0007b"], "<name>: A name has no line breaks" },
        { ["project", "set", "x", "--name", " x"], "--name: A name has no line breaks, control characters, or blanks around it." },
        { ["workspace", "add", "", "--project", "p"], "<name>: A name is needed." },
        { ["workspace", "add", "w", "--project", ""], "--project is empty." },
        { ["limits", "show", "a\nb"], "<user> holds a line break" },
        { ["attach", "codex", "--credential", ""], "--credential is empty." },
        { ["connect", "codex", "--name", ""], "--name: A name is needed." },
        { ["run", "claude-code", "--model", ""], "--model is empty." },
        { ["usage", "--user", " "], "--user is empty." },
        { ["simulate", "--port", "0", "--scenario", ""], "--scenario is empty." },
    };

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_name_that_nothing_can_have_is_exit_2_before_anything_is_made(string[] line, string told)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line, "typed");
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Output.ShouldBeEmpty();
        ran.Error.ShouldStartWith("gatehouse: " + told);
        Directory.Exists(home.DataDirectory).ShouldBeFalse("nothing may be done");
    }

    [Fact]
    public async Task What_is_missing_above_its_folders_in_the_home_is_made_for_its_owner_alone()
    {
        using var home = new TemporaryHome();
        Modes.Set(home.Path, Modes.Of(home.Path) | UnixFileMode.OtherRead);
        var before = Modes.Of(home.Path);
        var (data, config) = (Path.Combine(home.Path, "local", "share"), Path.Combine(home.Path, "settings", "mine"));
        (await Gate.RunAsync(home, "token create", "", ("XDG_DATA_HOME", data), ("XDG_CONFIG_HOME", config))).ExitCode.ShouldBe(0);
        foreach (var made in (string[])[Path.GetDirectoryName(data)!, data, Path.Combine(data, "gatehouse"), Path.GetDirectoryName(config)!, config, Path.Combine(config, "gatehouse")])
            Modes.Of(made).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, made);
        Modes.Of(home.Path).ShouldBe(before);
    }

    [Theory]
    [InlineData("presets", "/dev/null >&-")]
    [InlineData("--help", "/dev/null >&-")]
    [InlineData("token list --json", "/dev/null >&-")]
    [InlineData("demo", "/dev/full")]
    [InlineData("serve --simulator --listen http://127.0.0.1:0", "/dev/full")]
    public async Task An_output_that_takes_nothing_is_told_in_words_whoever_writes_to_it(string line, string output)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunIntoAsync(home, line, output);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("gatehouse: The output can't be written: ");
        ran.Error.ShouldNotContain("should not have happened");
        ran.Error.ShouldNotContain("Unhandled");
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
