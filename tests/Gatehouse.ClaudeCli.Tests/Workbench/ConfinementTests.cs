using Gatehouse.ClaudeCli.Workbench;

namespace Gatehouse.ClaudeCli.Tests.Workbench;

/// <summary>No tool but the shell reaches anything outside of the working folder, whatever path it is given.</summary>
public sealed class ConfinementTests : IDisposable
{
    private readonly WorkStage _stage = new();

    /// <summary>Each way out, made by <see cref="MakeWaysOut"/>; all lead to the secret.</summary>
    public static TheoryData<string> WaysOut => ["ABSOLUTE", "../secret.txt", "a/../../secret.txt", "./../secret.txt", "a/b/../../../secret.txt",
        "link", "absolute-link", "chain", "up/secret.txt", "a/up/secret.txt", "up/work/../secret.txt", "../work/../secret.txt", "../WORK-beside/../secret.txt"];

    [Theory]
    [MemberData(nameof(WaysOut))]
    public async Task No_path_leads_a_tool_out_of_the_folder(string path)
    {
        MakeWaysOut();
        path = path.Replace("ABSOLUTE", _stage.SecretFile, StringComparison.Ordinal);
        foreach (var (tool, arguments) in new (string, object)[]
        {
            ("read", new { path }),
            ("write", new { path, content = "overwritten" }),
            ("edit", new { path, oldString = "secret", newString = "gone" }),
            ("grep", new { pattern = "secret", path }),
        })
        {
            var outcome = await _stage.RunAsync(tool, arguments);
            outcome.IsError.ShouldBeTrue($"{tool} {outcome.Text}");
            outcome.Text.ShouldContain("outside of the working folder", customMessage: tool);
            outcome.Text.ShouldNotContain(WorkStage.Secret);
        }

        File.ReadAllText(_stage.SecretFile).ShouldBe(WorkStage.Secret);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("up")]
    [InlineData("a/../..")]
    public async Task No_folder_outside_is_searched_or_worked_in(string path)
    {
        MakeWaysOut();
        (await _stage.RunAsync("glob", new { pattern = "*", cwd = path })).Text.ShouldContain("outside");
        (await _stage.RunAsync("grep", new { pattern = "secret", path })).Text.ShouldContain("outside");
        var ran = await _stage.RunAsync("bash", new { command = "pwd", cwd = path });
        ran.IsError.ShouldBeTrue();
        ran.Text.ShouldContain("outside");
    }

    [Fact]
    public async Task Searching_the_whole_folder_follows_no_link_out()
    {
        MakeWaysOut();
        _stage.Put("own.txt", "a secret of its own");
        (await _stage.RunAsync("grep", new { pattern = "secret" })).Text.ShouldBe("own.txt:1:a secret of its own");
        (await _stage.RunAsync("glob", new { pattern = "**" })).Text.ShouldBe("own.txt");
        (await _stage.RunAsync("glob", new { pattern = "../*" })).Text.ShouldBe("(no matches)");
        (await _stage.RunAsync("glob", new { pattern = "up/*" })).Text.ShouldBe("(no matches)");
    }

    [Fact]
    public async Task A_new_file_behind_a_link_is_not_made_outside()
    {
        MakeWaysOut();
        _stage.Link("dangling", "../made-outside");
        foreach (var path in new[] { "up/new.txt", "up/new/deeper.txt", "dangling" })
            (await _stage.RunAsync("write", new { path, content = "x" })).IsError.ShouldBeTrue(path);
        Directory.GetFileSystemEntries(Path.GetDirectoryName(_stage.Folder)!).Select(Path.GetFileName).Order().ShouldBe(["secret.txt", "work"]);
    }

    [Fact]
    public async Task Links_and_absolute_paths_that_stay_inside_are_followed()
    {
        _stage.Put("a/real.txt", "inside");
        _stage.Link("relative", "a/real.txt");
        _stage.Link("absolute", _stage.At("a/real.txt"));
        _stage.Link("folder", "a");
        foreach (var path in new[] { "relative", "absolute", "folder/real.txt", "a/../a/./real.txt", _stage.At("a/real.txt"), "folder/../a/real.txt" })
            (await _stage.RunAsync("read", new { path })).ShouldBe(new ToolOutcome("inside"), path);
    }

    [Fact]
    public async Task A_folder_that_is_itself_a_link_is_worked_in()
    {
        _stage.Put("x.txt", "there");
        var link = _stage.Folder + "-link";
        Directory.CreateSymbolicLink(link, _stage.Folder);
        var folder = new WorkFolder(link);
        folder.TryOpen(Path.Combine(link, "x.txt"), out var file, out var refusal).ShouldBeTrue(refusal);
        file!.Dispose();
        await Task.CompletedTask;
    }

    [Fact]
    public void A_link_put_in_the_way_while_a_path_is_followed_leads_nowhere()
    {
        // The place was found; then its folder was swapped for a link before it was opened.
        _stage.Put("a/secret.txt", "harmless");
        var folder = new WorkFolder(_stage.Folder);
        folder.Find("a/secret.txt").ShouldBe(_stage.At("a/secret.txt"));
        Directory.Delete(_stage.At("a"), true);
        _stage.Link("a", "..");
        var refused = Should.Throw<IOException>(() => BeneathFile.Open(folder.Root, "a/secret.txt", writes: false));
        refused.Message.ShouldContain("link");
        Should.Throw<IOException>(() => BeneathFile.Open(folder.Root, "a/secret.txt", writes: true));
        Should.Throw<IOException>(() => BeneathFile.Open(folder.Root, "../secret.txt", writes: false));
        File.ReadAllText(_stage.SecretFile).ShouldBe(WorkStage.Secret);
    }

    [Fact]
    public async Task A_link_that_is_swapped_all_the_time_never_lets_the_secret_out()
    {
        _stage.Put("a/secret.txt", "harmless");
        using var over = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                _stage.Link("link", _stage.SecretFile);
                File.Move(_stage.At("link"), _stage.At("a/secret.txt"), overwrite: true);
                _stage.Put("plain", "harmless");
                File.Move(_stage.At("plain"), _stage.At("a/secret.txt"), overwrite: true);
            }
        });
        var texts = new HashSet<string>();
        for (var i = 0; i < 2_000; i++) texts.Add((await _stage.RunAsync("read", new { path = "a/secret.txt" })).Text);
        for (var i = 0; i < 500; i++) await _stage.RunAsync("write", new { path = "a/secret.txt", content = "harmless" });
        await over.CancelAsync();
        await swapping;
        texts.ShouldContain("harmless");
        texts.ShouldNotContain(WorkStage.Secret);
        File.ReadAllText(_stage.SecretFile).ShouldBe(WorkStage.Secret);
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("nul\0byte")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("folder")]
    [InlineData("missing/file")]
    public async Task A_path_to_no_file_is_refused(string path)
    {
        _stage.Link("loop", "loop");
        Directory.CreateDirectory(_stage.At("folder"));
        var outcome = await _stage.RunAsync("read", new { path });
        outcome.IsError.ShouldBeTrue(outcome.Text);
    }

    [Fact]
    public async Task A_pipe_does_not_hold_a_tool_up()
    {
        (await _stage.RunAsync("bash", new { command = "mkfifo pipe" })).IsError.ShouldBeFalse();
        (await _stage.RunAsync("read", new { path = "pipe" })).IsError.ShouldBeTrue();
        (await _stage.RunAsync("grep", new { pattern = "x" })).Text.ShouldBe("(no matches)");
    }

    public void Dispose() => _stage.Dispose();

    private void MakeWaysOut()
    {
        Directory.CreateDirectory(_stage.At("a/b"));
        _stage.Link("link", "../secret.txt");
        _stage.Link("absolute-link", _stage.SecretFile);
        _stage.Link("chain", "a/../link");
        _stage.Link("up", "..");
        _stage.Link("a/up", "../..");
    }
}
