using System.Diagnostics;
using System.Globalization;
using Gatehouse.ClaudeCli.Workbench;

namespace Gatehouse.ClaudeCli.Tests.Workbench;

public sealed class CommandToolTests
{
    [Theory]
    [InlineData("echo out; echo err >&2", "out\n", false)]
    [InlineData("echo err >&2", "err\n", false)]
    [InlineData("true", "(no output)", false)]
    [InlineData("echo out; echo err >&2; exit 3", "Exit code 3\nout\n\nerr\n", true)]
    [InlineData("cat", "(no output)", false)]
    [InlineData("pwd | sed 's/.*work/work/'", "work\n", false)]
    public async Task A_command_answers_with_what_it_wrote(string command, string text, bool isError)
    {
        using var stage = new WorkStage();
        (await stage.RunAsync("bash", new { command })).ShouldBe(new ToolOutcome(text, isError));
    }

    [Fact]
    public async Task A_command_begins_in_the_folder_asked_for()
    {
        using var stage = new WorkStage();
        Directory.CreateDirectory(stage.At("sub"));
        (await stage.RunAsync("bash", new { command = "pwd", cwd = "sub" })).Text.Trim().ShouldBe(stage.At("sub"));
        (await stage.RunAsync("bash", new { command = "pwd", cwd = "none" })).IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task No_key_or_token_is_in_a_commands_environment()
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["HOME"] = "/home/of-the-gateway",
            ["LANG"] = "C.UTF-8",
        };
        foreach (var name in new[]
        {
            "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "GATEHOUSE_MASTER_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "HTTPS_PROXY", "DBUS_SESSION_BUS_ADDRESS",
            "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_KEY", "ANYTHING_ELSE",
        }) environment[name] = "the-secret";
        using var stage = new WorkStage(environment: environment);
        var text = (await stage.RunAsync("bash", new { command = "env" })).Text;
        text.ShouldNotContain("the-secret");
        text.ShouldNotContain("of-the-gateway");
        text.ShouldContain($"HOME={stage.Folder}");
        text.ShouldContain("LANG=C.UTF-8");
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_ended_with_all_that_it_started()
    {
        using var stage = new WorkStage(seconds: 1);
        var outcome = await stage.RunAsync("bash", new { command = "echo begun; sleep 600 & echo $! > child; echo $$ > leader; wait" });
        outcome.IsError.ShouldBeTrue();
        outcome.Text.ShouldStartWith("Ended after 1 s");
        outcome.Text.ShouldContain("begun");
        await ShouldBeGoneAsync(stage, "leader", "child");
    }

    [Fact]
    public async Task A_cancelled_command_is_ended_with_all_that_it_started()
    {
        using var stage = new WorkStage();
        using var cancel = new CancellationTokenSource();
        var running = stage.RunAsync("bash", new { command = "sleep 600 & echo $! > child; echo $$ > leader; wait" }, cancel.Token);
        await WaitAsync(() => File.Exists(stage.At("leader")) && File.ReadAllText(stage.At("leader")).EndsWith('\n'));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        await ShouldBeGoneAsync(stage, "leader", "child");
    }

    [Fact]
    public async Task What_a_command_leaves_running_is_ended_with_it()
    {
        using var stage = new WorkStage();
        (await stage.RunAsync("bash", new { command = "sleep 600 & echo $! > holding; sleep 600 > /dev/null 2>&1 & echo $! > quiet; echo done" })).Text.ShouldBe("done\n");
        await ShouldBeGoneAsync(stage, "holding", "quiet");
    }

    [Fact]
    public async Task Output_without_end_is_read_but_not_kept()
    {
        using var stage = new WorkStage();
        var text = (await stage.RunAsync("bash", new { command = "echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last" })).Text;
        text.Length.ShouldBeLessThan(ToolOutcome.MostText);
        text.ShouldStartWith("first\n");
        text.ShouldEndWith("\nlast\n");
        text.ShouldContain("bytes left out]");
    }

    private static async Task ShouldBeGoneAsync(WorkStage stage, params string[] files)
    {
        foreach (var file in files)
        {
            var id = int.Parse(File.ReadAllText(stage.At(file)), CultureInfo.InvariantCulture);
            await WaitAsync(() => !Runs(id));
        }
    }

    // A killed child of a child may stay as a zombie until its new parent looks.
    private static bool Runs(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Split(") ")[1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task WaitAsync(Func<bool> isSo)
    {
        var since = Stopwatch.StartNew();
        while (!isSo())
        {
            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
            await Task.Delay(10);
        }
    }
}
