using System.Runtime.Versioning;
using Gatehouse.EndToEnd.Integrations;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Runs;

/// <summary>The agents under <c>run</c> for a user whom the platform's keys serve once that is switched on, and with a subscription's token of a user's own.</summary>
[SupportedOSPlatform("linux")]
public class PlatformRunTests(Stage stage)
{
    private const string Login = "sk-ant-oat01-canary-of-the-users-own-0123456789abcdef";

    // The environment of the agent and of what it starts, and every process's arguments.
    private const string Look = "for p in $$ $PPID; do tr '\\\\0' '\\\\n' < /proc/$p/environ >> environment; done; for p in /proc/[0-9]*; do tr '\\\\0' ' ' < $p/cmdline; done > arguments";

    [Theory]
    [InlineData("claude-code", "claude-sonnet-4-5", "Bash", "command", "-p --allowedTools Bash")]
    [InlineData("codex", "gpt-5.5", "exec_command", "cmd", "exec --ephemeral --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox -")]
    public async Task The_platforms_key_serves_another_user_once_that_is_switched_on_and_the_agent_never_sees_it(
        string harness, string model, string tool, string member, string asking)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = new ClientRun(stage);
        var name = await UserAsync(home);
        string[] free = ["run", harness, "--workspace", name, "--model", model, "--base-url", tee.Address.ToString(), "--", .. asking.Split(' ')];
        var refused = await home.StartAsync("", free);
        refused.Code.ShouldBe(1, refused.Story);
        refused.Story.ShouldContain("No credential is attached");

        await home.GatehouseAsync($"user set {name} --mode platform");
        var marker = $"platform-{Guid.NewGuid():N}";
        var run = await home.StartAsync($"Look for {marker}: [tool {tool} {{\"{member}\":\"{Look}\"}}]", free);
        run.Code.ShouldBe(0, run.Story);
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.Count.ShouldBeGreaterThan(1);
        foreach (var one in carried)
        {
            (one.Received.Header("authorization") ?? one.Received.Header("x-api-key"))!.ShouldEndWith(ServerProcess.ProviderKey);
            one.Received.Text.ShouldNotContain(name);
            one.Row.CredentialSource.ShouldBe("env");
        }

        foreach (var file in (string[])["environment", "arguments"])
        {
            var text = await File.ReadAllTextAsync(home.Project(file));
            text.ShouldNotBeEmpty();
            text.ShouldNotContain(ServerProcess.ProviderKey);
            if (file == "arguments") text.ShouldNotContain("ghw_");
        }

        await home.GatehouseAsync($"user set {name} --mode own");
        (await home.StartAsync("", free)).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_subscriptions_token_goes_to_the_vendor_by_Claude_Code_itself_and_the_gateway_sees_nothing_of_it()
    {
        await using var vendor = new VendorDoor("api.anthropic.com", stage.Upstream);
        await using var tee = new RecordingTee(stage.Gateway);
        using var trusted = new TestFolder();
        using var home = new ClientRun(
            stage, ("HTTPS_PROXY", vendor.Address), ("NODE_EXTRA_CA_CERTS", trusted.Write("authority.pem", vendor.Authority)), ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9"), ("ANTHROPIC_API_KEY", "sk-of-the-person"));
        var name = await UserAsync(home);
        var added = await home.StartAsync(Login, $"credential add --for claude-code --kind oauth-token --user {name}".Split(' '));
        added.Code.ShouldBe(0, added.Story);
        var marker = $"login-{Guid.NewGuid():N}";
        var run = await home.StartAsync(
            $"Look for {marker}: [tool Bash {{\"command\":\"{Look}\"}}]",
            ["run", "claude-code", "--workspace", name, "--model", "claude-sonnet-4-5", "--base-url", tee.Address.ToString(), "--", "-p", "--allowedTools", "Bash"]);
        run.Code.ShouldBe(0, run.Story);
        vendor.Asked.Distinct().ShouldBe(["api.anthropic.com:443"]);
        var received = await stage.ReceivedAsync(marker);
        received.Count.ShouldBeGreaterThan(1);
        foreach (var one in received)
        {
            one.Request.Header("authorization").ShouldBe("Bearer " + Login);
            one.Request.Header("x-api-key").ShouldBeNull();
            one.Request.Header("anthropic-beta")!.ShouldContain("oauth-2025-04-20");
        }

        // Only run itself asked whether the server answers.
        tee.Calls.ShouldAllBe(call => call.Sent.Target == "/health" && call.Sent.Header("authorization") == null);
        var arguments = await File.ReadAllTextAsync(home.Project("arguments"));
        arguments.ShouldNotContain(Login);
        (await File.ReadAllTextAsync(home.Project("environment"))).ShouldNotContain("sk-of-the-person");
    }

    // A user with a project and a workspace, all of one name.
    private static async Task<string> UserAsync(ClientRun home)
    {
        var name = $"u{Guid.NewGuid():N}";
        await home.GatehouseAsync($"user add {name}");
        await home.GatehouseAsync($"project add {name} --user {name}");
        await home.GatehouseAsync($"workspace add {name} --project {name} --user {name}");
        return name;
    }
}
