using System.Runtime.Versioning;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Tests.Reports;

[SupportedOSPlatform("linux")]
public sealed class ClientReportTests
{
    private static readonly Uri _gateway = new("http://127.0.0.1:8484");

    [Theory]
    [InlineData("claude-code", "home/.claude/settings.json", """{"env":{"ANTHROPIC_BASE_URL":"http://localhost:8484","ANTHROPIC_AUTH_TOKEN":"t"}}""", SettingsOwner.Gatehouse)]
    [InlineData("claude-code", "home/.claude/settings.json", """{"env":{"ANTHROPIC_BASE_URL":"https://api.example.com","ANTHROPIC_API_KEY":"k"}}""", SettingsOwner.Person)]
    [InlineData("claude-code", "home/.claude/settings.json", """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:15721","ANTHROPIC_AUTH_TOKEN":"PROXY_MANAGED"}}""", SettingsOwner.Tool)]
    [InlineData("claude-code", "home/.claude/settings.json", """{"permissions":{"allow":[]}}""", SettingsOwner.Nobody)]
    [InlineData("codex", "home/.codex/config.toml", "model_provider = \"gatehouse\"\n", SettingsOwner.Gatehouse)]
    [InlineData("codex", "home/.codex/config.toml", "model_provider = \"azure\"\n[model_providers.azure]\nbase_url = \"http://127.0.0.1:8484/v1\"\n", SettingsOwner.Gatehouse)]
    [InlineData("codex", "home/.codex/config.toml", "model_provider = \"cliproxyapi\"\n[model_providers.cliproxyapi]\nbase_url = \"http://127.0.0.1:8317/v1\"\n", SettingsOwner.Tool)]
    [InlineData("codex", "home/.codex/config.toml", "model = \"gpt-5.5\"\n", SettingsOwner.Nobody)]
    [InlineData("opencode", "home/.config/opencode/opencode.jsonc", """{"model":"gatehouse/m", /* c */ "provider":{"gatehouse":{"options":{"baseURL":"http://127.0.0.1:8484/v1","apiKey":"k"}}}}""", SettingsOwner.Gatehouse)]
    [InlineData("opencode", "home/.config/opencode/opencode.json", """{"model":"openai/gpt-5.5"}""", SettingsOwner.Person)]
    [InlineData("qwen-code", "home/.qwen/settings.json", """{"model":{"name":"m"},"modelProviders":{"gatehouse":[{"id":"m","baseUrl":"http://127.0.0.1:8484/v1","envKey":"GATEHOUSE_TOKEN"}]}}""", SettingsOwner.Gatehouse)]
    [InlineData("crush", "home/.config/crush/crush.json", """{"providers":{"gatehouse":{"base_url":"http://127.0.0.1:8484/v1","api_key":"k"}}}""", SettingsOwner.Gatehouse)]
    [InlineData("droid", "home/.factory/settings.json", """{"customModels":[{"displayName":"m [Gatehouse]","model":"m","baseUrl":"http://127.0.0.1:8484"}]}""", SettingsOwner.Gatehouse)]
    public void The_owner_is_told_by_what_the_settings_say(string client, string file, string text, SettingsOwner owner)
    {
        using var home = new ClientHome();
        home.Write(file, text);
        var report = ClientReport.Of(ClientCatalog.Find(client)!, _gateway, home.At);
        report.Owner.ShouldBe(owner);
        report.Own.ShouldNotBeNull().Path.ShouldBe(home.Full(file));
    }

    [Fact]
    public void Settings_of_the_machine_and_the_project_go_before_the_persons()
    {
        using var home = new ClientHome();
        home.Write("home/.claude/settings.json", """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8484"}}""");
        var local = home.Write("project/.claude/settings.local.json", """{"env":{"ANTHROPIC_BASE_URL":"https://a.example"}}""");
        var claude = ClientCatalog.Find("claude")!;
        ClientReport.Of(claude, _gateway, home.At).Deciding!.Path.ShouldBe(local);
        var managed = home.Write("system/etc/claude-code/managed-settings.json", """{"env":{"ANTHROPIC_BASE_URL":"https://b.example"}}""");
        ClientReport.Of(claude, _gateway, home.At).Deciding!.Path.ShouldBe(managed);
    }

    [Fact]
    public void A_file_that_cannot_be_read_says_where_its_fault_is()
    {
        using var home = new ClientHome();
        home.Write("home/.codex/config.toml", "model = \"a\"\nmodel = \"b\"\n");
        var report = ClientReport.Of(ClientCatalog.Find("codex")!, _gateway, home.At);
        report.Own!.Fault!.ShouldContain("line 2");
        report.Owner.ShouldBe(SettingsOwner.Nobody);
    }

    [Fact]
    public void Values_members_and_lines_are_found_by_their_key()
    {
        using var home = new ClientHome();
        home.Write("home/.codex/config.toml", "[model_providers.gatehouse]\nwire_api = \"chat\"\nsupports_websockets = true\nstream_max_retries = 5\n");
        var file = ClientReport.Of(ClientCatalog.Find("codex")!, _gateway, home.At).Own!;
        file.Value("model_providers.gatehouse.wire_api").ShouldBe("chat");
        file.Value("model_providers.gatehouse.supports_websockets").ShouldBe("true");
        file.Value("model_providers.gatehouse.stream_max_retries").ShouldBe("5");
        file.Value("model_providers.gatehouse").ShouldBeNull();
        file.Kind("model_providers.gatehouse").ShouldBe("an object");
        file.Members("model_providers").ShouldBe(["gatehouse"]);
        file.Line("model_providers.gatehouse.wire_api").ShouldBe(2);
    }

    [Fact]
    public void Credentials_are_found_where_they_stand_and_are_masked()
    {
        using var home = new ClientHome();
        var token = home.Write("home/.codex/token", "ghc_text\n");
        home.Write("home/.codex/config.toml", $$"""
            model_provider = "gatehouse"
            [model_providers.gatehouse]
            env_key = "MY_KEY"
            auth = { command = "cat", args = ["{{token}}"] }
            """);
        home.Set("MY_KEY", "from-the-shell");
        var found = ClientReport.Of(ClientCatalog.Find("codex")!, _gateway, home.At).Own!.Settings.Credentials;
        found.Select(credential => (credential.Kind, credential.Source, credential.Text!.Reveal()))
            .ShouldBe([(CredentialKind.Variable, "MY_KEY", "from-the-shell"), (CredentialKind.Command, token, "ghc_text")]);
        found.ShouldAllBe(credential => !credential.ToString().Contains("ghc_text", StringComparison.Ordinal));
    }

    [Fact]
    public void What_other_tools_leave_behind_is_named()
    {
        using var home = new ClientHome();
        var settings = home.Write("home/.claude/settings.json", """{"env":{"ANTHROPIC_AUTH_TOKEN":"quotio-local-1"}}""");
        home.Write("home/.claude/settings.json.ccr-original", "{}");
        ClientReport.Of(ClientCatalog.Find("claude-code")!, _gateway, home.At).Marks.Select(mark => mark.Tool).ShouldBe(["quotio", "claude-code-router"]);
        File.Exists(settings).ShouldBeTrue();
    }

    [Fact]
    public void A_program_is_found_on_the_path_and_asked_its_version()
    {
        using var home = new ClientHome();
        var program = home.Write("bin/codex", "#!/bin/sh\necho codex-cli 1.2.3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        home.Set("PATH", home.Full("bin"));
        var report = ClientReport.Of(ClientCatalog.Find("codex")!, _gateway, home.At);
        report.Program.ShouldBe(program);
        report.Version(home.At with { Ask = Surroundings.OfProcess().Ask }).ShouldBe("codex-cli 1.2.3");
    }
}
