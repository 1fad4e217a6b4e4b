using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Runs;

/// <summary>A run at a Gatehouse in another process, of which this machine has an address and a token and nothing else.</summary>
[SupportedOSPlatform("linux")]
public sealed class RemoteRunTests
{
    [Theory]
    [InlineData("claude-code", "claude", "cat \"$2\"")]
    [InlineData("codex", "codex", "echo \"$GATEHOUSE_TOKEN\"")]
    [InlineData("opencode", "opencode", "f=$(echo \"$OPENCODE_CONFIG_CONTENT\" | sed 's/.*{file:\\([^}]*\\)}.*/\\1/'); cat \"$f\"")]
    public async Task A_users_token_makes_the_workspace_and_all_that_was_made_for_the_run_ends_with_it(string name, string program, string script)
    {
        await using var stage = await RemoteStage.StartAsync(program, $"{script}; echo; env; for p in $$ $PPID; do tr '\\0' ' ' < /proc/$p/cmdline; done; exit 7");
        var ran = await stage.RunAsync(stage.User, stage.Arguments(name, "--model", "sim/echo"));
        ran.ExitCode.ShouldBe(7, ran.ToString());
        ran.Output.ShouldContain("ghw_");
        ran.Output.ShouldNotContain("gha_");
        ran.Output.ShouldNotContain("ghn_");
        ran.Output.ShouldNotContain("GATEHOUSE_RUN_TOKEN=");
        ran.Output.Split('\n')[^1].ShouldNotContain("ghw_");
        var workspace = (await stage.CallAsync(HttpMethod.Get, "workspaces")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        workspace.GetProperty("name").GetString().ShouldBe("default");
        foreach (var kind in (string[])["workspace", "runner"])
            (await stage.TokensAsync(kind)).ShouldHaveSingleItem().GetProperty("revokedAt").ValueKind.ShouldBe(JsonValueKind.String, kind);
        Directory.EnumerateFileSystemEntries(stage.Harness.Runs).ShouldBeEmpty();
        Directory.Exists(stage.Harness.Home.DataDirectory).ShouldBeFalse();
        // Another run uses the same workspace.
        (await stage.RunAsync(stage.User, stage.Arguments(name, "--model", "sim/echo"))).ExitCode.ShouldBe(7);
        (await stage.CallAsync(HttpMethod.Get, "workspaces")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_runners_token_from_a_file_serves_its_own_workspace_and_no_other()
    {
        await using var stage = await RemoteStage.StartAsync("claude", "echo started");
        var (workspace, runner) = await stage.RunnerAsync("web");
        var file = stage.Harness.Home.Write("runner-token", $"{runner}\n");
        foreach (var named in (string[][])[[], ["--workspace", "web"], ["--workspace", workspace]])
        {
            var ran = await stage.Harness.RunAsync(stage.Arguments("claude-code", ["--model", "sim/echo", "--token-file", file, .. named]));
            (ran.ExitCode, ran.Output).ShouldBe((0, "started\n"), ran.ToString());
        }

        var other = await stage.Harness.RunAsync(stage.Arguments("claude-code", "--token-file", file, "--workspace", "other"));
        other.ExitCode.ShouldBe(1, other.ToString());
        other.Error.ShouldContain("for the workspace 'web', not for 'other'");
        other.Output.ShouldBeEmpty();
        (await stage.TokensAsync("workspace")).ShouldAllBe(token => token.GetProperty("revokedAt").ValueKind == JsonValueKind.String);
        (await stage.TokensAsync("runner")).ShouldHaveSingleItem().GetProperty("revokedAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("ghc_some-clients-token", 2, "neither")]
    [InlineData("gha_0000000000000000000000000000000000000000000000000", 1, "says:")]
    public async Task A_token_that_does_not_open_the_administration_starts_nothing(string token, int code, string said)
    {
        await using var stage = await RemoteStage.StartAsync("claude", "echo started");
        var ran = await stage.RunAsync(token, stage.Arguments("claude-code"));
        ran.ExitCode.ShouldBe(code, ran.ToString());
        ran.Error.ShouldContain(said);
        ran.Error.ShouldNotContain(token);
        ran.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_token_is_renewed_while_the_agent_runs_and_keeps_its_text()
    {
        await using var stage = await RemoteStage.StartAsync("codex", "echo \"$GATEHOUSE_TOKEN\"; read line; echo \"$GATEHOUSE_TOKEN\"");
        var (_, runner) = await stage.RunnerAsync("short");
        using var process = Gate.Start(
            stage.Harness.Home, ["run", .. stage.Arguments("codex", "--model", "sim/echo", "--token-life", "6")], stage.Harness.SearchPath, ("GATEHOUSE_RUN_TOKEN", runner));
        try
        {
            var first = await LineAsync(process);
            first.ShouldStartWith("ghw_");
            var token = (await stage.TokensAsync("workspace")).ShouldHaveSingleItem();
            var life = token.GetProperty("createdAt").GetDateTimeOffset().AddSeconds(6);
            // Past what it was made for, and a second time.
            await Served.UntilAsync(async () => (await stage.TokensAsync("workspace"))[0].GetProperty("expiresAt").GetDateTimeOffset() >= life.AddSeconds(3), "two renewals");
            using var answer = await stage.Server.AskAsync("still here", token: first);
            answer.IsSuccessStatusCode.ShouldBeTrue();
            await process.StandardInput.WriteLineAsync();
            (await LineAsync(process)).ShouldBe(first);
            (await ExitAsync(process)).ShouldBe(0);
            await Served.UntilAsync(async () => (await stage.Server.AskAsync("over", token: first)).StatusCode == System.Net.HttpStatusCode.Unauthorized, "the end of the token");
        }
        finally
        {
            Gate.End(process);
        }
    }

    [Fact]
    public async Task A_server_that_is_gone_ends_nothing()
    {
        await using var stage = await RemoteStage.StartAsync("claude", "echo ready; read line; exit 3");
        var (_, runner) = await stage.RunnerAsync("gone");
        using var process = Gate.Start(
            stage.Harness.Home, ["run", .. stage.Arguments("claude-code", "--model", "sim/echo", "--token-life", "3")], stage.Harness.SearchPath, ("GATEHOUSE_RUN_TOKEN", runner));
        try
        {
            (await LineAsync(process)).ShouldBe("ready");
            await stage.Server.StopAsync();
            // Longer than the token was good for, and than several looks at the server.
            await Task.Delay(TimeSpan.FromSeconds(4));
            process.HasExited.ShouldBeFalse();
            await process.StandardInput.WriteLineAsync();
            (await ExitAsync(process)).ShouldBe(3);
        }
        finally
        {
            Gate.End(process);
        }
    }

    [Theory]
    [InlineData("trap 'echo asked to end; exit 0' TERM; echo ready; while :; do sleep 0.05; done", "asked to end")]
    [InlineData("trap '' TERM; echo ready; while :; do sleep 0.05; done", null)]
    public async Task A_workspace_that_is_stopped_ends_the_run_and_says_so(string script, string? last)
    {
        await using var stage = await RemoteStage.StartAsync("claude", script);
        var (workspace, runner) = await stage.RunnerAsync("stopped");
        using var process = Gate.Start(
            stage.Harness.Home, ["run", .. stage.Arguments("claude-code", "--model", "sim/echo", "--token-life", "6")], stage.Harness.SearchPath, ("GATEHOUSE_RUN_TOKEN", runner));
        try
        {
            (await LineAsync(process)).ShouldBe("ready");
            await stage.CallAsync(HttpMethod.Post, $"workspaces/{workspace}/stop");
            if (last is not null) (await LineAsync(process)).ShouldBe(last);
            (await ExitAsync(process)).ShouldBe(1);
            (await process.StandardError.ReadToEndAsync()).ShouldContain("Claude Code was ended, for its run may not go on.");
            Directory.EnumerateFileSystemEntries(stage.Harness.Runs).ShouldBeEmpty();
        }
        finally
        {
            Gate.End(process);
        }
    }

    private static async Task<string> LineAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Gate.Ceiling);
        return await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(limit.Token));
    }

    private static async Task<int> ExitAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Gate.Ceiling);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }
}
