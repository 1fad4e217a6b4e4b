using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Gatehouse.EndToEnd.Integrations;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Runs;

/// <summary>The agents themselves under <c>run</c> at a Gatehouse in another process, in an empty configuration, with nothing on this machine but an address and a token.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class RemoteRunTests(Stage stage)
{
    [Theory]
    [InlineData("claude-code", "Bash", "\"command\":", "-p --allowedTools Bash")]
    [InlineData("codex", "exec_command", "\"cmd\":", "exec --ephemeral --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox -")]
    [InlineData("opencode", "bash", "\"description\":\"Looks\",\"command\":", "run")]
    public async Task An_isolated_agent_answers_and_neither_a_key_nor_the_runs_own_token_is_about_it(
        string harness, string tool, string member, string asking)
    {
        var (code, output, story) = await stage.CommandAsync("token", "create", "--name", "remote", "--kind", "admin", "--user", "local", "--expires", "1h");
        code.ShouldBe(0, story);
        var token = Admin().Match(output).Value;
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = new ClientRun(stage, ("GATEHOUSE_RUN_TOKEN", token), ("OPENAI_API_KEY", "sk-of-the-person"), ("ANTHROPIC_API_KEY", "sk-of-the-person"));
        var marker = $"remote-{Guid.NewGuid():N}";
        var look = "for p in $$ $PPID; do tr '\\\\0' '\\\\n' < /proc/$p/environ >> environment; done; for p in /proc/[0-9]*; do tr '\\\\0' ' ' < $p/cmdline; done > arguments";
        var model = harness == "codex" ? "gpt-5.5" : "claude-sonnet-4-5";

        var run = await home.StartElsewhereAsync(
            $"Look for {marker}: [tool {tool} {{{member}\"{look}\"}}]",
            ["run", harness, "--isolated", "--model", model, "--base-url", tee.Address.ToString(), "--", .. asking.Split(' ')]);

        run.Code.ShouldBe(0, run.Story);
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.ShouldNotBeEmpty();
        foreach (var one in carried) (one.Call.Sent.Header("authorization") ?? one.Call.Sent.Header("x-api-key"))!.ShouldContain("ghw_");
        File.Exists(home.Project("environment")).ShouldBeTrue(run.Story);
        foreach (var seen in (string[])[File.ReadAllText(home.Project("environment")), File.ReadAllText(home.Project("arguments"))])
        {
            foreach (var secret in (string[])[token, "ghn_", "sk-of-the-person", ServerProcess.ProviderKey, "GATEHOUSE_RUN_TOKEN", "GATEHOUSE_MASTER_KEY"]) seen.ShouldNotContain(secret);
        }

        File.ReadAllText(home.Project("arguments")).ShouldNotContain("ghw_");
        Directory.Exists(home.At(".local/share/gatehouse")).ShouldBeFalse();
        Directory.EnumerateFileSystemEntries(home.At(".local/state/gatehouse/runs")).ShouldBeEmpty();
    }

    [GeneratedRegex("gha_[0-9A-Za-z]+")]
    private static partial Regex Admin();
}
