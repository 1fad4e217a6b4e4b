using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Configuration;

public sealed class ConfigCheckTests
{
    private const string Canary = "sk-canary-a6b1c0d9e8f7";

    private const string Bad =
        """
        {
          // three faults, and a secret in a fourth
          "listen": "http://0.0.0.0:8484",
          "providers": {
            "anthropic": { "preset": "antropic", "apiKey": "sk-canary-a6b1c0d9e8f7" }
          },
          "colour": "blue"
        }
        """;

    [Fact]
    public async Task Every_fault_is_told_at_once_with_key_remedy_and_line()
    {
        using var home = new TemporaryHome();
        var file = home.Write("bad.json", Bad);
        var ran = await Gate.RunAsync(home, ["config", "check", "--config", file]);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Output.ShouldBeEmpty();
        foreach (var part in (string[])["listen: ", "(line 3)", "--allow-remote", "providers.anthropic.preset: ", "'anthropic'?",
            "providers.anthropic.apiKey: ", "apiKeyEnv", "colour: ", "(line 7)", file])
            ran.Error.ShouldContain(part);
        ran.Error.ShouldNotContain(Canary);
    }

    [Fact]
    public async Task Faults_have_their_parts_in_json()
    {
        using var home = new TemporaryHome();
        var file = home.Write("bad.json", Bad);
        var ran = await Gate.RunAsync(home, ["config", "check", "--json", "--config", file]);
        ran.ExitCode.ShouldBe(2);
        var faults = ran.Json.GetProperty("errors").EnumerateArray().ToList();
        faults.Select(f => f.GetProperty("path").GetString())
            .ShouldBe(["listen", "providers.anthropic.preset", "providers.anthropic.apiKey", "colour"], ignoreOrder: true);
        faults.ShouldAllBe(f => f.GetProperty("fix").GetString()!.Length > 0);
        ran.Output.ShouldNotContain(Canary);
    }

    [Fact]
    public async Task A_provider_that_is_a_program_is_shown_as_that_and_not_with_an_address_that_leads_nowhere()
    {
        using var home = new TemporaryHome();
        var file = home.Write("program.json", """{ "providers": { "subscription": { "program": { "path": "/opt/claude" } } } }""");
        var ran = await Gate.RunAsync(home, ["config", "check", "--config", file]);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain("the program /opt/claude");
        ran.Output.ShouldNotContain(".invalid");
    }

    [Fact]
    public async Task A_good_file_is_shown_with_where_it_comes_from()
    {
        using var home = new TemporaryHome();
        var file = home.Write("good.json", """
            { "providers": { "local": { "endpoints": { "openai-chat": "http://127.0.0.1:9001/v1" }, "apiKeyEnv": "LOCAL_KEY", "allowPrivateNetwork": true } },
              "models": [ { "match": "fast", "targets": [ { "provider": "local", "model": "qwen3-coder" } ] } ] }
            """);
        var ran = await Gate.RunAsync(
            home, ["config", "check"], "", ("GATEHOUSE_CONFIG", file), ("GATEHOUSE__LISTEN", "http://127.0.0.1:9999"),
                ("ANTHROPIC_API_KEY", Canary));
        ran.ExitCode.ShouldBe(0, ran.ToString());
        foreach (var part in (string[])[$"{file} (named by GATEHOUSE_CONFIG)", "GATEHOUSE__LISTEN", "http://127.0.0.1:9999", "LOCAL_KEY",
            "local as qwen3-coder", "anthropic", "claude-*", "off"])
            ran.Output.ShouldContain(part);
        ran.Output.ShouldNotContain(Canary);
        ran.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_file_the_defaults_are_in_force_and_nothing_is_created()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "config check --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var data = ran.Json.GetProperty("data");
        data.GetProperty("source").GetString()!.ShouldStartWith("defaults");
        data.GetProperty("listen")[0].GetString().ShouldBe("http://127.0.0.1:8484");
        data.GetProperty("providers").GetArrayLength().ShouldBe(0);
        Directory.Exists(home.DataDirectory).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_that_can_not_be_read_keeps_no_file_from_being_checked()
    {
        using var home = new TemporaryHome();
        Directory.CreateDirectory(home.DataDirectory);
        File.WriteAllText(home.Database, "no database at all");
        var good = await Gate.RunAsync(home, "config check");
        good.ExitCode.ShouldBe(0, good.ToString());
        good.Output.ShouldContain("http://127.0.0.1:8484");
        good.Error.ShouldContain("the database can't be read: ");
        File.WriteAllText(Path.Combine(home.DataDirectory, "gatehouse.json"), """{ "colour": 1 }""");
        var bad = await Gate.RunAsync(home, "config check");
        bad.ExitCode.ShouldBe(2, bad.ToString());
        bad.Error.ShouldContain("colour");
        bad.Error.ShouldContain("the database can't be read: ");
    }

    [Fact]
    public async Task A_file_that_was_named_must_be_there()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "config check --config nowhere.json");
        ran.ExitCode.ShouldBe(2);
        ran.Error.ShouldContain("nowhere.json, named by --config, is not there");
    }
}
