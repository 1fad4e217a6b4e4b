using System.Runtime.Versioning;
using System.Text.Json;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Integrations;

[SupportedOSPlatform("linux")]
public sealed class ApplyTests
{
    private static readonly (string, string)[] _keys = [("ANTHROPIC_API_KEY", "sk-ant-test"), ("OPENAI_API_KEY", "sk-test")];

    private const string Mine = """
        {
          // mine
          "permissions": { "allow": ["Bash"] },
        }
        """;

    [Fact]
    public async Task Apply_shows_writes_and_is_done_and_restore_gives_the_bytes_and_the_token_back()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, Mine);
        var ran = await RunAsync(home, "integration apply claude-code --yes");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain("+    \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:8484\"");
        ran.Output.ShouldContain($"saved_path={settings}\n");
        ran.Output.ShouldMatch(@"backup_path=\S+settings\.json\.backup\.\d+\n");
        ran.Output.ShouldNotContain("ghc_");
        var token = Env(settings, "ANTHROPIC_AUTH_TOKEN").ShouldNotBeNull();
        token.ShouldStartWith("ghc_");
        File.GetUnixFileMode(settings).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var again = await RunAsync(home, "integration apply claude-code --yes --json");
        again.Json.GetProperty("data").GetProperty("changed").GetBoolean().ShouldBeFalse();
        Env(settings, "ANTHROPIC_AUTH_TOKEN").ShouldBe(token, "the token in the file is recognised by its hash");

        var back = await RunAsync(home, "integration restore claude-code --yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        File.ReadAllText(settings).ShouldBe(Mine);
        (await States(home)).ShouldBe(["revoked"]);
        (await RunAsync(home, "integration backups claude-code --json")).Json.GetProperty("data").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_dry_run_shows_the_same_and_changes_nothing_anywhere()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, Mine);
        var ran = await RunAsync(home, "integration apply claude-code --dry-run");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain("+    \"ANTHROPIC_AUTH_TOKEN\": \"***\"");
        ran.Output.ShouldContain($"planned_path={settings}\n");
        File.ReadAllText(settings).ShouldBe(Mine);
        Directory.GetFiles(Path.GetDirectoryName(settings)!).Length.ShouldBe(1);
        Directory.Exists(home.DataDirectory).ShouldBeFalse("no token was made");
        Directory.Exists(Path.Combine(home.Path, ".local")).ShouldBeFalse("no note was taken");
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_it_takes_a_yes()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, Mine);
        var ran = await RunAsync(home, "integration apply claude-code");
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.ShouldContain("--yes");
        File.ReadAllText(settings).ShouldBe(Mine);
    }

    [Theory]
    [InlineData("n\n", false)]
    [InlineData("\n", false)]
    [InlineData("yes\n", true)]
    public async Task A_person_at_a_terminal_is_shown_the_difference_and_asked(string typed, bool written)
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, Mine);
        var ran = await Gate.RunAtTerminalAsync(home, "integration apply claude-code", typed, _keys);
        var difference = ran.Output.IndexOf("\"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:8484\"", StringComparison.Ordinal);
        var question = ran.Output.IndexOf("[y/N]", StringComparison.Ordinal);
        difference.ShouldBeInRange(0, question, ran.ToString());
        ran.ExitCode.ShouldBe(written ? 0 : 1, ran.ToString());
        if (written) Env(settings, "ANTHROPIC_AUTH_TOKEN")!.ShouldStartWith("ghc_");
        else File.ReadAllText(settings).ShouldBe(Mine);
    }

    [Fact]
    public async Task A_token_that_is_not_in_force_any_more_is_replaced_and_a_given_one_is_used()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, "{}");
        await RunAsync(home, "integration apply claude-code --yes");
        var first = Env(settings, "ANTHROPIC_AUTH_TOKEN");
        await RunAsync(home, "token revoke claude-code");
        await RunAsync(home, "integration apply claude-code --yes");
        var second = Env(settings, "ANTHROPIC_AUTH_TOKEN");
        second.ShouldNotBe(first);
        var given = (await RunAsync(home, "token create --name mine")).Output.Trim();
        var file = home.Write("token", given);
        (await RunAsync(home, $"integration apply claude-code --yes --token-file {file}")).ExitCode.ShouldBe(0);
        Env(settings, "ANTHROPIC_AUTH_TOKEN").ShouldBe(given);
    }

    [Fact]
    public async Task What_a_person_changes_meanwhile_stays_and_is_told()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, Mine);
        await RunAsync(home, "integration apply claude-code --yes");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("http://127.0.0.1:8484", "https://mine.example", StringComparison.Ordinal).Replace("// mine", "// mine, edited", StringComparison.Ordinal));
        var back = await RunAsync(home, "integration restore claude-code --yes --json");
        back.ExitCode.ShouldBe(0, back.ToString());
        back.Json.GetProperty("data").GetProperty("left_alone")[0].GetString().ShouldBe("env.ANTHROPIC_BASE_URL: it was changed since.");
        Env(settings, "ANTHROPIC_BASE_URL").ShouldBe("https://mine.example");
        Env(settings, "ANTHROPIC_AUTH_TOKEN").ShouldBeNull();
        File.ReadAllText(settings).ShouldContain("// mine, edited");
    }

    [Fact]
    public async Task A_backup_is_put_back_whole()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, Mine);
        var ran = await RunAsync(home, "integration apply claude-code --yes --json");
        var backup = ran.Json.GetProperty("data").GetProperty("backup_path").GetString()!;
        File.WriteAllText(settings, "{ broken");
        (await RunAsync(home, "integration restore claude-code --yes")).ExitCode.ShouldBe(1);
        File.ReadAllText(settings).ShouldBe("{ broken");
        (await RunAsync(home, $"integration restore claude-code --yes --backup {backup}")).ExitCode.ShouldBe(0);
        File.ReadAllText(settings).ShouldBe(Mine);
        (await RunAsync(home, "integration restore claude-code --yes")).Error.ShouldContain("nothing to take back");
    }

    [Fact]
    public async Task Project_settings_are_written_beside_the_project_and_the_token_file_is_not()
    {
        using var home = new TemporaryHome();
        var ran = await RunAsync(home, "integration apply claude-code --project --auth helper --yes --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var local = Path.Combine(home.Path, ".claude", "settings.local.json");
        File.ReadAllText(local).ShouldContain("apiKeyHelper");
        File.ReadAllText(local).ShouldNotContain("ghc_");
        var token = Directory.GetFiles(Path.Combine(home.Path, ".claude"), "gatehouse-token-*").ShouldHaveSingleItem();
        File.ReadAllText(token).ShouldStartWith("ghc_");
        File.GetUnixFileMode(token).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("gemini-cli", "generateContent")]
    [InlineData("amp", "control plane")]
    [InlineData("cursor", "gatehouse integration print cursor")]
    public async Task Clients_that_are_not_written_say_why(string client, string said)
    {
        using var home = new TemporaryHome();
        var ran = await RunAsync(home, $"integration apply {client} --yes");
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain(said);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_left_and_its_fault_is_placed()
    {
        using var home = new TemporaryHome();
        var settings = Settings(home, "{\n  \"env\": { \"A\": 1,\n  \"A\": 2 } }");
        var ran = await RunAsync(home, "integration apply claude-code --yes");
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain("line 3");
        (await RunAsync(home, "token list --json")).Json.GetProperty("data").GetArrayLength().ShouldBe(0, "no token is left behind");
        File.ReadAllText(settings).ShouldContain("\"A\": 2");
    }

    [Fact]
    public async Task The_list_tells_programs_owners_and_health()
    {
        using var home = new TemporaryHome();
        Settings(home, Mine);
        await RunAsync(home, "integration apply claude-code --yes");
        Directory.CreateDirectory(Path.Combine(home.Path, ".codex"));
        File.WriteAllText(Path.Combine(home.Path, ".codex", "config.toml"), "model_provider = \"azure\"\n[model_providers.azure]\nbase_url = \"https://a.example/v1\"\n");
        var list = (await RunAsync(home, "integration list --json")).Json.GetProperty("data").EnumerateArray().ToDictionary(row => row.GetProperty("client").GetString()!);
        list["claude-code"].GetProperty("owner").GetString().ShouldBe("gatehouse");
        list["claude-code"].GetProperty("healthy").GetBoolean().ShouldBeTrue();
        list["codex"].GetProperty("owner").GetString().ShouldBe("person");
        list["gemini-cli"].GetProperty("support").GetString().ShouldBe("refused");
        await RunAsync(home, "token revoke claude-code");
        var after = (await RunAsync(home, "integration list --json")).Json.GetProperty("data")[0];
        after.GetProperty("healthy").GetBoolean().ShouldBeFalse();
        after.GetProperty("faults")[0].GetString().ShouldBe("token not in force");
    }

    private static Task<Ran> RunAsync(TemporaryHome home, string line) => Gate.RunAsync(home, line, "", _keys);

    private static string Settings(TemporaryHome home, string text)
    {
        Directory.CreateDirectory(Path.Combine(home.Path, ".claude"));
        return home.Write(Path.Combine(".claude", "settings.json"), text);
    }

    private static string? Env(string file, string variable)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return document.RootElement.TryGetProperty("env", out var env) && env.TryGetProperty(variable, out var value) ? value.GetString() : null;
    }

    private static async Task<IEnumerable<string?>> States(TemporaryHome home) =>
        (await RunAsync(home, "token list --json")).Json.GetProperty("data").EnumerateArray().Select(token => token.GetProperty("state").GetString());
}
