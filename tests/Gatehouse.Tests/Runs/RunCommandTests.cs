using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Runs;

/// <summary>What <c>run</c> does around an agent, whichever it is.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class RunCommandTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly string[] _claude = ["claude-code", "--model", "sim/echo"];

    [Fact]
    public async Task Input_arguments_exit_code_and_both_outputs_are_the_agents_own()
    {
        using var harness = new FakeHarness("claude", "shift 2; for word; do echo \"<$word>\"; done; cat; echo said >&2; exit 7");
        await using var server = await Served.StartAsync(harness.Home);

        var ran = await harness.RunAsync([.. _claude, "--", "-p", "two words", "", "--json", "--", "ä"], "typed\n");

        ran.ExitCode.ShouldBe(7, ran.ToString());
        ran.Output.ShouldBe("<-p>\n<two words>\n<>\n<--json>\n<-->\n<ä>\ntyped\n");
        ran.Error.ShouldBe("said\n");
    }

    [Theory]
    [InlineData("claude-code", "claude", "cat \"$2\"; echo; stat -c %a \"$2\" \"$(dirname \"$2\")\"", "\"ANTHROPIC_AUTH_TOKEN\":\"ghw_")]
    [InlineData("codex", "codex", "echo \"$GATEHOUSE_TOKEN\"", "ghw_")]
    [InlineData("opencode", "opencode", "f=$(echo \"$OPENCODE_CONFIG_CONTENT\" | sed 's/.*{file:\\([^}]*\\)}.*/\\1/'); cat \"$f\"; echo; stat -c %a \"$f\" \"$(dirname \"$f\")\"", "ghw_")]
    public async Task The_token_is_in_force_while_the_agent_runs_and_revoked_after_it_and_its_files_are_private_and_removed(string name, string program, string script, string holds)
    {
        using var harness = new FakeHarness(program, script);
        await using var server = await Served.StartAsync(harness.Home);
        var ran = await harness.RunAsync([name, "--model", "sim/echo"]);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain(holds);
        if (program != "codex") ran.Output.TrimEnd().ShouldEndWith("\n600\n700");
        Directory.EnumerateFileSystemEntries(harness.Runs).ShouldBeEmpty();
        var token = await TokenAsync(harness, "default (");
        token.GetProperty("state").GetString().ShouldBe("revoked");
        (token.GetProperty("expires_at").GetDateTime() - token.GetProperty("created_at").GetDateTime()).TotalMinutes.ShouldBe(30, 0.1);
        await server.StopAsync();
        harness.Home.FilesHolding(TokenPattern().Match(ran.Output).Value).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Terminate, "TERM")]
    [InlineData(Interrupt, "INT")]
    public async Task A_signal_to_the_run_reaches_the_agent_and_its_end_is_the_runs(int signal, string name)
    {
        using var harness = new FakeHarness("claude", $"trap 'echo caught; exit 9' {name}; echo ready; while :; do sleep 0.05; done");
        await using var server = await Served.StartAsync(harness.Home);
        using var process = Gate.Start(harness.Home, ["run", .. _claude], harness.SearchPath);
        try
        {
            (await LineAsync(process)).ShouldBe("ready");
            Send(process.Id, signal).ShouldBe(0);
            (await LineAsync(process)).ShouldBe("caught");
            using var limit = new CancellationTokenSource(Gate.Ceiling);
            await process.WaitForExitAsync(limit.Token);
            process.ExitCode.ShouldBe(9);
        }
        finally
        {
            Gate.End(process);
        }
    }

    [Fact]
    public async Task What_a_killed_run_left_is_removed_and_its_token_revoked_by_the_next_one_and_not_before_it_is_dead()
    {
        using var harness = new FakeHarness("claude", "echo ready; [ \"$3\" = stay ] && exec sleep 60; ls \"$(dirname \"$(dirname \"$2\")\")\" | wc -l");
        await using var server = await Served.StartAsync(harness.Home);
        using var process = Gate.Start(harness.Home, ["run", .. _claude, "--", "stay"], harness.SearchPath);
        try
        {
            (await LineAsync(process)).ShouldBe("ready");
            // Beside a run that lives, the other's folder stays.
            (await harness.RunAsync(_claude)).Output.ShouldBe("ready\n2\n");
            // Its agent too: the guard of a real terminal would end it with its session.
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            (await TokenAsync(harness, "default (", "good")).GetProperty("state").GetString().ShouldBe("good");

            (await harness.RunAsync(_claude)).Output.ShouldBe("ready\n1\n");

            Directory.EnumerateFileSystemEntries(harness.Runs).ShouldBeEmpty();
            (await TokensAsync(harness)).ShouldAllBe(token => token.GetProperty("state").GetString() == "revoked");
        }
        finally
        {
            Gate.End(process);
        }
    }

    [Fact]
    public async Task What_a_killed_run_left_is_left_to_the_next_one_of_its_data_directory()
    {
        using var harness = new FakeHarness("claude", "echo ready; [ \"$3\" = stay ] && exec sleep 60; ls \"$(dirname \"$(dirname \"$2\")\")\" | wc -l");
        var other = Path.Combine(harness.Home.Path, "other");
        await using var server = await Served.StartAsync(harness.Home);
        await using var second = await Served.StartAsync(harness.Home, $"--data-dir {other}");
        using var process = Gate.Start(harness.Home, ["run", .. _claude, "--", "stay"], harness.SearchPath);
        try
        {
            (await LineAsync(process)).ShouldBe("ready");
            process.Kill(entireProcessTree: true);
            process.WaitForExit();

            (await harness.RunAsync([.. _claude, "--data-dir", other])).Output.ShouldBe("ready\n2\n");
            (await TokenAsync(harness, "default (", "good")).GetProperty("state").GetString().ShouldBe("good");

            (await harness.RunAsync(_claude)).Output.ShouldBe("ready\n1\n");
            (await TokensAsync(harness)).ShouldAllBe(token => token.GetProperty("state").GetString() == "revoked");
        }
        finally
        {
            Gate.End(process);
        }
    }

    [Fact]
    public async Task On_a_terminal_the_agent_has_it()
    {
        using var harness = new FakeHarness("claude", "test -t 0 && test -t 1 && test -t 2 && echo all-three; stty size");
        await using var server = await Served.StartAsync(harness.Home);
        var gatehouse = Path.Combine(AppContext.BaseDirectory, "gatehouse.dll");
        var start = new ProcessStartInfo("script", ["-qec", $"stty rows 31 cols 97; dotnet '{gatehouse}' run claude-code --model sim/echo", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = harness.Home.Path,
        };
        start.Environment.Clear();
        foreach (var (name, value) in harness.Home.Environment().Append(new("PATH", harness.SearchPath.Item2))) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(Gate.Ceiling);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            output.ShouldContain("all-three");
            output.ShouldContain("31 97");
        }
        finally
        {
            Gate.End(process);
        }
    }

    [Fact]
    public async Task Without_the_program_it_says_how_to_install_it()
    {
        using var harness = new FakeHarness("other", "");
        await using var server = await Served.StartAsync(harness.Home);
        // The search path of the tests may hold the program.
        var ran = await harness.RunAsync(_claude, "", ("PATH", harness.SearchPath.Item2.Split(':')[0]));
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("Claude Code is not installed: there is no 'claude' on the path.");
        ran.Error.ShouldContain("npm install -g @anthropic-ai/claude-code");
    }

    [Fact]
    public async Task Without_a_server_it_says_which_command_starts_one_and_makes_nothing()
    {
        using var harness = new FakeHarness("claude", "echo started");
        var ran = await harness.RunAsync(["claude-code", "--model", "sim/echo", "--json"]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        var problem = ran.Json.GetProperty("errors")[0];
        problem.GetProperty("message").GetString().ShouldBe("No server answers at http://127.0.0.1:8484.");
        problem.GetProperty("fix").GetString().ShouldBe("Start one: gatehouse serve");
        Directory.Exists(harness.Home.DataDirectory).ShouldBeFalse();
        Directory.Exists(harness.Runs).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_key_for_the_model_it_says_whose()
    {
        using var harness = new FakeHarness("claude", "echo started");
        harness.Home.Write("keyless.json", """{ "providers": { "anthropic": { "preset": "anthropic", "apiKeyEnv": "MISSING_KEY" } } }""");
        await using var server = await Served.StartAsync(harness.Home, $"--config {harness.Home.Path}/keyless.json");
        var ran = await harness.RunAsync(["claude-code", "--model", "claude-sonnet-4-5", "--config", $"{harness.Home.Path}/keyless.json"]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("claude-sonnet-4-5 is answered by 'anthropic', for which Gatehouse has no key.");
        ran.Error.ShouldContain("gatehouse credential add anthropic");
        ran.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_on_another_data_directory_is_told_apart_from_a_bad_token()
    {
        using var harness = new FakeHarness("claude", "echo started");
        using var elsewhere = new TemporaryHome();
        await using var server = await Served.StartAsync(elsewhere);
        (await Gate.RunAsync(harness.Home, "token list")).ExitCode.ShouldBe(0);
        var ran = await harness.RunAsync([.. _claude, "--base-url", server.Address.ToString()]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain($"does not know the tokens of {harness.Home.DataDirectory}");
        Directory.EnumerateFileSystemEntries(harness.Runs).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nobody", 2, "'nobody' is no agent that Gatehouse knows.")]
    [InlineData("crush", 1, "gatehouse integration apply crush")]
    [InlineData("gemini-cli", 1, "gatehouse integration print gemini-cli")]
    public async Task Another_agent_is_told_what_else_there_is(string name, int code, string said)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, $"run {name}");
        ran.ExitCode.ShouldBe(code, ran.ToString());
        ran.Error.ShouldContain(said);
    }

    [Fact]
    public async Task A_workspace_that_is_not_there_is_told()
    {
        using var harness = new FakeHarness("claude", "echo started");
        await using var server = await Served.StartAsync(harness.Home);
        var ran = await harness.RunAsync([.. _claude, "--workspace", "nowhere"]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("There is no workspace with the id or name 'nowhere'.");
        ran.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_settings_option_of_the_persons_own_is_refused_because_it_would_replace_the_runs()
    {
        using var harness = new FakeHarness("claude", "echo started");
        await using var server = await Served.StartAsync(harness.Home);
        var ran = await harness.RunAsync([.. _claude, "--", "--settings={}"]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("--settings");
        ran.Output.ShouldBeEmpty();
    }

    private static async Task<List<JsonElement>> TokensAsync(FakeHarness harness) =>
        [.. (await Gate.RunAsync(harness.Home, "token list --json")).Json.GetProperty("data").EnumerateArray()
            .Where(token => token.GetProperty("name").GetString()!.StartsWith("default (", StringComparison.Ordinal))];

    private static async Task<JsonElement> TokenAsync(FakeHarness harness, string name, string? state = null) =>
        (await TokensAsync(harness)).First(token => token.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal)
            && (state is null || token.GetProperty("state").GetString() == state));

    private static async Task<string?> LineAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Gate.Ceiling);
        return await process.StandardOutput.ReadLineAsync(limit.Token);
    }

    [GeneratedRegex("ghw_[0-9A-Za-z]{49}")]
    private static partial Regex TokenPattern();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
