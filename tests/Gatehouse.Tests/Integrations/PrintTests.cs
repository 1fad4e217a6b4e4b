using Gatehouse.Clients;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Integrations;

public sealed class PrintTests
{
    private static readonly (string, string)[] _keys = [("ANTHROPIC_API_KEY", "sk-ant-test"), ("OPENAI_API_KEY", "sk-test")];

    [Fact]
    public async Task Claude_code_gets_its_variables_as_lines_with_the_token_marked_and_the_command_that_fills_it_named()
    {
        using var home = new TemporaryHome();
        var configuration = home.Write("gatehouse.json", """{ "listen": "http://0.0.0.0:9123", "allowRemote": true, "integration": { "defaultModel": "claude-sonnet-4-5", "fastModel": "claude-haiku-4-5" } }""");
        var ran = await Gate.RunAsync(home, ["integration", "print", "claude-code", "--config", configuration], "", _keys);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "ANTHROPIC_BASE_URL=http://127.0.0.1:9123",
            "ANTHROPIC_AUTH_TOKEN=YOUR-GATEHOUSE-TOKEN",
            "ANTHROPIC_MODEL=claude-sonnet-4-5",
            "ANTHROPIC_DEFAULT_OPUS_MODEL=claude-sonnet-4-5",
            "ANTHROPIC_DEFAULT_SONNET_MODEL=claude-sonnet-4-5",
            "ANTHROPIC_DEFAULT_FABLE_MODEL=claude-sonnet-4-5",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL=claude-haiku-4-5",
            "CLAUDE_CODE_SUBAGENT_MODEL=claude-sonnet-4-5",
            "ENABLE_TOOL_SEARCH=true",
        ]);
        ran.Error.ShouldContain("gatehouse token create --name claude-code");
        Directory.Exists(home.DataDirectory).ShouldBeFalse("printing makes nothing");
    }

    [Theory]
    [InlineData("http://[::]:9123", "http://[::1]:9123")]
    [InlineData("http://0.0.0.0:9123", "http://127.0.0.1:9123")]
    [InlineData("http://gate.example:9123/", "http://gate.example:9123")]
    [InlineData("https://gate.example/v1", "https://gate.example")]
    public async Task An_address_is_brought_into_the_form_that_the_client_wants(string asked, string printed)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, ["integration", "print", "claude-code", "--base-url", asked, "--json"], "", _keys);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Json.GetProperty("data").GetProperty("base_url").GetString().ShouldBe(printed);
        var codex = await Gate.RunAsync(home, ["integration", "print", "codex", "--base-url", asked, "--json"], "", _keys);
        codex.Json.GetProperty("data").GetProperty("base_url").GetString().ShouldBe($"{printed}/v1");
        codex.Json.GetProperty("data").GetProperty("text").GetString()!.ShouldContain($"base_url = \"{printed}/v1\"");
    }

    [Theory]
    [InlineData("https://gate.example/anthropic", "has a path")]
    [InlineData("ftp://gate.example", "not an http or https address")]
    [InlineData("https://user:pass@gate.example", "not an http or https address")]
    public async Task An_address_that_cannot_be_right_is_refused(string asked, string said)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, ["integration", "print", "claude-code", "--base-url", asked]);
        ran.ExitCode.ShouldBe(2);
        ran.Error.ShouldContain(said);
    }

    [Fact]
    public async Task Reveal_makes_a_token_that_is_in_force_and_named_for_the_client()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, ["integration", "print", "claude-code", "--reveal"], "", _keys);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldMatch("ANTHROPIC_AUTH_TOKEN=ghc_[0-9A-Za-z]{49}");
        var tokens = await Gate.RunAsync(home, "token list --json");
        var token = tokens.Json.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        token.GetProperty("name").GetString().ShouldBe("claude-code");
        ran.Output.ShouldContain(token.GetProperty("hint").GetString()![^4..]);
    }

    public static TheoryData<string, string> Forms()
    {
        var forms = new TheoryData<string, string>();
        foreach (var client in ClientCatalog.All)
            foreach (var form in client.Formats) forms.Add(client.Id, form.ToString().ToLowerInvariant());
        return forms;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Every_form_of_every_client_holds_the_address_and_the_tokens_place(string client, string form)
    {
        using var home = new TemporaryHome();
        var known = ClientCatalog.Find(client)!;
        string[] format = form == "text" ? [] : ["--format", form];
        var ran = await Gate.RunAsync(home, ["integration", "print", client, "--model", "claude-sonnet-4-5", .. format], "", _keys);
        if (known.Support == ClientSupport.Refused)
        {
            ran.ExitCode.ShouldBe(1);
            ran.Error.ShouldContain(known.Reason!);
            return;
        }

        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain("http://127.0.0.1:8484");
        (ran.Output + ran.Error).ShouldContain("YOUR-GATEHOUSE-TOKEN");
        if (!client.EndsWith("-sdk", StringComparison.Ordinal)) ran.Output.ShouldContain("claude-sonnet-4-5");
    }

    [Theory]
    [InlineData("integration print nosuch", "'nosuch' is no client")]
    [InlineData("integration print codex --format json", "--format: toml or shell")]
    [InlineData("integration print claude-code --format yaml", "env, json, toml, shell")]
    [InlineData("integration print codex --auth token", "--auth: helper or env")]
    [InlineData("integration print codex --dialect anthropic", "--dialect: openai-responses")]
    [InlineData("integration print cline --format env", "It is set up by hand")]
    [InlineData("integration print opencode", "has to be told a model")]
    public async Task What_a_client_does_not_have_is_exit_2_and_told(string line, string said)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.ShouldContain(said);
        ran.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_shell_that_evaluates_env_has_the_clients_variables_and_no_other_credential()
    {
        using var home = new TemporaryHome();
        var printed = await Gate.RunAsync(home, ["env", "claude-code"], "", _keys);
        printed.ExitCode.ShouldBe(0, printed.ToString());
        var script = home.Write("try.sh", $"export ANTHROPIC_API_KEY=other CLAUDE_CODE_USE_BEDROCK=1\n{printed.Output}\nenv\n");
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", [script]) { RedirectStandardOutput = true })!;
        var variables = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        variables.ShouldContain("ANTHROPIC_BASE_URL=http://127.0.0.1:8484\n");
        variables.ShouldMatch("ANTHROPIC_AUTH_TOKEN=ghc_[0-9A-Za-z]{49}\n");
        variables.ShouldNotContain("ANTHROPIC_API_KEY=");
        variables.ShouldNotContain("CLAUDE_CODE_USE_BEDROCK=");
    }

    [Fact]
    public async Task Env_takes_a_token_that_is_in_force_instead_of_making_one_each_time()
    {
        using var home = new TemporaryHome();
        var first = await Gate.RunAsync(home, ["env", "codex", "--json"], "", _keys);
        first.Json.GetProperty("data").GetProperty("token_made").GetBoolean().ShouldBeTrue();
        var text = first.Json.GetProperty("data").GetProperty("text").GetString()!;
        text.ShouldContain("codex() { command codex -c model_provider=gatehouse");
        var token = System.Text.RegularExpressions.Regex.Match(text, "ghc_[0-9A-Za-z]{49}").Value;
        var second = await Gate.RunAsync(home, ["env", "codex", "--json"], "", [.. _keys, ("GATEHOUSE_TOKEN", token)]);
        second.Json.GetProperty("data").GetProperty("token_made").GetBoolean().ShouldBeFalse();
        second.Json.GetProperty("data").GetProperty("token_id").GetString().ShouldBe(first.Json.GetProperty("data").GetProperty("token_id").GetString());
    }

    [Theory]
    [InlineData("crush", "gatehouse integration apply crush")]
    [InlineData("cursor", "gatehouse integration print cursor")]
    public async Task Env_says_where_a_client_takes_its_provider_from_when_it_is_not_the_environment(string client, string fix)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, ["env", client], "", _keys);
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain(fix);
        Directory.Exists(home.DataDirectory).ShouldBeFalse();
    }
}
