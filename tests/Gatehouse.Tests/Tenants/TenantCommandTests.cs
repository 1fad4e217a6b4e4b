using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Tenants;

/// <summary>The commands about users and what is theirs, as a person types them.</summary>
public sealed class TenantCommandTests
{
    private const string Key = "sk-ant-api03-a-key-of-the-users-own-0001";
    private const string Login = """{"tokens":{"access_token":"a.b.c","refresh_token":"r","id_token":"i"},"last_refresh":"2026-11-21T08:00:00Z"}""";

    [Fact]
    public async Task A_user_with_a_project_a_workspace_and_a_key_of_its_own_is_made_shown_and_taken_apart()
    {
        using var home = new TemporaryHome();
        await GoodAsync(home, "user add alice --mode own");
        await GoodAsync(home, "project add web --user alice");
        await GoodAsync(home, "workspace add laptop --project web --user alice");
        await GoodAsync(home, "credential add --for claude-code --user alice --model claude-opus-5-5", Key);
        await GoodAsync(home, "credential add groq --for codex --project web --name team", "gsk_a-key-of-groq-0002");

        (await JsonAsync(home, "user list --json")).ShouldContain("\"name\": \"alice\"");
        (await JsonAsync(home, "workspace list --json")).ShouldContain("\"stopped_at\": null");
        var owned = await JsonAsync(home, "credential list --owned --json");
        owned.ShouldContain("\"mask\": \"...0001\"");
        owned.ShouldNotContain(Key);
        (await GoodAsync(home, "credential list --json")).Json.GetProperty("data").GetArrayLength().ShouldBe(0);
        Status(await GoodAsync(home, "attachments --user alice --json"), "claude-code").ShouldBe(("user-attachment", "api-key", null));
        Status(await GoodAsync(home, "attachments --user alice --json"), "openai-codex").ShouldBe(("unresolved", null, null));
        Status(await GoodAsync(home, "attachments --project web --json"), "openai-codex").ShouldBe(("project-attachment", "api-key", null));

        await GoodAsync(home, "attach codex --project web --off");
        Status(await GoodAsync(home, "attachments --project web --json"), "openai-codex").ShouldBe(("halted", "api-key", "attachment-inactive"));
        await GoodAsync(home, "attach codex --project web --on");
        await GoodAsync(home, "detach codex --project web");
        Status(await GoodAsync(home, "attachments --project web --json"), "openai-codex").ShouldBe(("unresolved", null, null));
        await GoodAsync(home, "project set web --mode platform");
        Status(await GoodAsync(home, "attachments --project web --json"), "openai-codex").ShouldBe(("platform", null, null));

        var token = (await GoodAsync(home, "workspace token laptop --harness claude-code")).Output.Trim();
        token.ShouldStartWith("ghw_");
        (await GoodAsync(home, "workspace token laptop")).Output.ShouldStartWith("ghn_");
        await GoodAsync(home, "workspace stop laptop");
        (await Gate.RunAsync(home, "workspace token laptop --harness claude-code")).ExitCode.ShouldBe(1);
        await GoodAsync(home, "user set alice --disable");
        Status(await GoodAsync(home, "attachments --user alice --json"), "claude-code").ShouldBe(("unresolved", null, null));

        var audit = (await GoodAsync(home, "audit --json")).Output;
        foreach (var action in new[] { "user.add", "project.add", "workspace.add", "connection.set", "attachment.update", "connection.remove", "token.create", "workspace.stop" })
            audit.ShouldContain($"\"action\": \"{action}\"");
        foreach (var secret in new[] { Key, "gsk_", token }) audit.ShouldNotContain(secret);
        (await GoodAsync(home, "audit --action workspace. --json")).Output.ShouldNotContain("user.add");
    }

    [Fact]
    public async Task An_agent_is_connected_told_of_trouble_repaired_and_disconnected_by_its_name_alone()
    {
        using var home = new TemporaryHome();
        (await GoodAsync(home, "connect codex --json", Login)).Json.GetProperty("data").GetProperty("kind").GetString().ShouldBe("auth-json");
        await GoodAsync(home, "connect claude-code --model claude-opus-5-5", Key);
        Status(await GoodAsync(home, "attachments --json"), "claude-code").ShouldBe(("user-attachment", "api-key", null));

        await GoodAsync(home, "attach claude-code --off");
        (await Gate.RunAsync(home, "repair codex")).ExitCode.ShouldBe(1);
        await GoodAsync(home, "attach claude-code --on");
        var id = (await GoodAsync(home, "credential list --owned --json")).Json.GetProperty("data").EnumerateArray()
            .Single(one => one.GetProperty("kind").GetString() == "api-key").GetProperty("id").GetString();
        await GoodAsync(home, $"credential remove {id} --owned");
        var told = (await GoodAsync(home, "attachments --json")).Json.GetProperty("data").EnumerateArray().Single(one => one.GetProperty("harness").GetString() == "claude-code");
        (told.GetProperty("reason").GetString(), told.GetProperty("repair").GetString()).ShouldBe(("credential-missing", "give-secret"));
        await GoodAsync(home, "repair claude-code", Key.Replace("0001", "0003", StringComparison.Ordinal));
        Status(await GoodAsync(home, "attachments --json"), "claude-code").ShouldBe(("user-attachment", "api-key", null));

        await GoodAsync(home, "disconnect claude-code");
        await GoodAsync(home, "disconnect codex");
        (await GoodAsync(home, "credential list --owned --json")).Json.GetProperty("data").GetArrayLength().ShouldBe(0);
        home.FilesHolding(Key).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_of_the_platforms_keys_is_replaced_and_the_audit_log_says_so()
    {
        using var home = new TemporaryHome();
        await GoodAsync(home, "credential add openai", "first-key-of-the-platform-0001");
        await GoodAsync(home, "credential replace openai/default --platform", "second-key-of-the-platform-0002");
        (await GoodAsync(home, "credential list --json")).Json.GetProperty("data")[0].GetProperty("hint").GetString().ShouldBe("0002");
        (await Gate.RunAsync(home, "credential replace openai/default --platform --base-url https://x.example")).ExitCode.ShouldBe(2);
        await GoodAsync(home, "credential remove openai/default");
        var audit = (await GoodAsync(home, "audit --json")).Output;
        foreach (var action in new[] { "add", "replace", "remove" }) audit.ShouldContain($"\"action\": \"platform-credential.{action}\"");
        audit.ShouldNotContain("key-of-the-platform");
        home.FilesHolding("key-of-the-platform").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_holds_for_everyone_is_set_shown_and_put_back()
    {
        using var home = new TemporaryHome();
        foreach (var line in new[]
        {
            "proxy.enabled false", "providerMode.default fallback", "models.allowed claude-* gpt-5", "models.default codex=gpt-5", "limits.defaults dailyInputTokens=50m monthlyCostUsd=20",
            "limits.defaults requests=9", "limits.ceilings dailyOutputTokens=1m",
        }) await GoodAsync(home, $"settings set {line}");
        var shown = (await GoodAsync(home, "settings show --json")).Json.GetProperty("data");
        System.Text.Json.JsonSerializer.Serialize(shown).ShouldBe(
            """{"limits.ceilings":{"dailyOutputTokens":1000000},"limits.defaults":{"dailyInputTokens":50000000,"monthlyCostNanodollars":20000000000,"requests":9},"models.allowed":["claude-*","gpt-5"],"models.default":{"openai-codex":"gpt-5"},"providerMode.default":"fallback","proxy.enabled":false}""");
        (await GoodAsync(home, "limits show --json")).Json.GetProperty("data").GetProperty("limits").GetProperty("daily_input_tokens").GetInt64().ShouldBe(50_000_000);
        foreach (var wrong in new[] { "proxy.enabled maybe", "providerMode.default always", "models.default codex", "limits.defaults tokens=1", "limits.ceilings requests=1", "no.such 1" })
            (await Gate.RunAsync(home, $"settings set {wrong}")).ExitCode.ShouldBe(2, wrong);
        (await Gate.RunAsync(home, "settings set limits.defaults alertPercent=101")).ExitCode.ShouldBe(1);
        foreach (var name in new[] { "proxy.enabled", "providerMode.default", "models.allowed", "models.default", "limits.defaults", "limits.ceilings" }) await GoodAsync(home, $"settings reset {name}");
        (await GoodAsync(home, "settings show --json")).Json.GetProperty("data").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_is_kept_replaced_attached_and_removed()
    {
        using var home = new TemporaryHome();
        await GoodAsync(home, "credential add --kind openai-compatible --base-url https://models.example.com/v1 --name lab", "first-key-of-the-lab-0001");
        await GoodAsync(home, "attach codex --credential lab --model qwen3");
        Status(await GoodAsync(home, "attachments --json"), "openai-codex").ShouldBe(("user-attachment", "openai-compatible", null));
        await GoodAsync(home, "credential replace lab", "second-key-of-the-lab-0002");
        var listed = await GoodAsync(home, "credential list --owned --json");
        var entry = listed.Json.GetProperty("data")[0];
        entry.GetProperty("mask").GetString().ShouldBe("...0002");
        entry.GetProperty("base_url").GetString()!.ShouldStartWith("https://models.example.com");
        entry.GetProperty("revision").GetInt64().ShouldBe(2);
        await GoodAsync(home, "credential remove lab --owned");
        Status(await GoodAsync(home, "attachments --json"), "openai-codex").Reason.ShouldBe("credential-missing");
        home.FilesHolding("key-of-the-lab").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("credential add --for google-gemini --kind auth-json", "{}", 1, "not a Codex login file")]
    [InlineData("credential add --for codex --kind api-key", "sk-ant-oat01-a-subscriptions-token", 1, "subscription's token")]
    [InlineData("credential add --for nothing", "k", 1, "There is no harness 'nothing'.")]
    [InlineData("credential add --kind openai-compatible --base-url http://models.example.com --name lab", "k", 1, "https")]
    [InlineData("credential add --kind openai-compatible --base-url https://10.0.0.1/v1 --name lab", "k", 1, "")]
    [InlineData("credential add", "k", 2, "The provider's name is missing")]
    [InlineData("attach codex", "", 2, "Say one of --credential")]
    [InlineData("attach codex --credential lab --off", "", 2, "Say one of --credential")]
    [InlineData("attach codex --credential lab", "", 1, "There is no credential with the id or name 'lab'.")]
    [InlineData("attachments --project none", "", 1, "There is no project")]
    [InlineData("user set local --disable --enable", "", 2, "opposites")]
    [InlineData("user set local --disable", "", 1, "")]
    [InlineData("workspace add x --project none", "", 1, "There is no project")]
    [InlineData("credential replace none", "k", 1, "There is no credential")]
    [InlineData("credential add --for claude-code --user nobody", "k", 1, "There is no user")]
    public async Task What_can_not_be_done_is_refused_with_the_reason(string line, string input, int code, string said)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line, input);
        ran.ExitCode.ShouldBe(code, ran.ToString());
        ran.Error.ShouldContain(said);
    }

    [Fact]
    public async Task A_key_on_the_command_line_is_not_repeated()
    {
        using var home = new TemporaryHome();
        foreach (var verb in new[] { "add openai", "replace lab" })
        {
            var ran = await Gate.RunAsync(home, $"credential {verb} {Key}");
            ran.ExitCode.ShouldBe(2);
            (ran.Output + ran.Error).ShouldNotContain(Key);
        }
    }

    [Fact]
    public async Task The_login_of_Codex_is_imported_from_where_Codex_keeps_it()
    {
        using var home = new TemporaryHome();
        Directory.CreateDirectory(Path.Combine(home.Path, ".codex"));
        var missing = await Gate.RunAsync(home, "credential import codex");
        missing.ExitCode.ShouldBe(1);
        missing.Error.ShouldContain("codex login");
        home.Write(".codex/config.toml", "cli_auth_credentials_store = \"keyring\"\n");
        (await Gate.RunAsync(home, "credential import codex")).Error.ShouldContain("the system's keyring");
        home.Write(".codex/auth.json", """{"OPENAI_API_KEY":"sk-x","tokens":null}""");
        (await Gate.RunAsync(home, "credential import codex")).Error.ShouldContain("gatehouse credential add openai");
        home.Write(".codex/auth.json", Login);
        await GoodAsync(home, "credential import codex");
        Status(await GoodAsync(home, "attachments --json"), "openai-codex").ShouldBe(("user-attachment", "auth-json", null));
        File.ReadAllText(Path.Combine(home.Path, ".codex", "auth.json")).ShouldBe(Login);
    }

    [Fact]
    public async Task The_login_of_Claude_Code_is_imported_with_a_word_about_its_end_and_an_expired_one_is_not()
    {
        using var home = new TemporaryHome();
        var until = TimeProvider.System.GetUtcNow().AddHours(6).ToUnixTimeMilliseconds();
        var file = home.Write("login.json", $$$"""{"claudeAiOauth":{"accessToken":"sk-ant-oat01-of-the-person","refreshToken":"r","expiresAt":{{{until}}}}}""");
        var imported = await GoodAsync(home, $"credential import claude --source {file}");
        imported.Error.ShouldContain("claude setup-token");
        Status(await GoodAsync(home, "attachments --json"), "claude-code").ShouldBe(("user-attachment", "oauth-token", null));
        home.Write("login.json", """{"claudeAiOauth":{"accessToken":"sk-ant-oat01-of-the-person","expiresAt":1700000000000}}""");
        (await Gate.RunAsync(home, $"credential import claude --source {file}")).Error.ShouldContain("expired on 2023-11-14");
        (await Gate.RunAsync(home, "credential import claude --source -", "{}")).Error.ShouldContain("not a credentials file");
    }

    private static async Task<Ran> GoodAsync(TemporaryHome home, string line, string input = "")
    {
        var ran = await Gate.RunAsync(home, line, input);
        ran.ExitCode.ShouldBe(0, $"{line}\n{ran}");
        return ran;
    }

    private static async Task<string> JsonAsync(TemporaryHome home, string line) => (await GoodAsync(home, line)).Output;

    private static (string? Source, string? Kind, string? Reason) Status(Ran ran, string harness)
    {
        var one = ran.Json.GetProperty("data").EnumerateArray().Single(status => status.GetProperty("harness").GetString() == harness);
        return (one.GetProperty("source").GetString(), one.GetProperty("kind").GetString(), one.GetProperty("reason").GetString());
    }
}
