using Gatehouse.ClaudeCli.Workbench;

namespace Gatehouse.ClaudeCli.Tests.Workbench;

/// <summary>No tool but the shell reaches anything outside of the working folder, whatever path it is given, on either way of opening files.</summary>
public abstract class ConfinementTests(bool hasSteps) : IDisposable
{
    private protected WorkStage Stage { get; } = new(hasSteps: hasSteps);

    /// <summary>Each way out, made by <see cref="MakeWaysOut"/>; all lead to the secret.</summary>
    public static TheoryData<string> WaysOut => ["ABSOLUTE", "../secret.txt", "a/../../secret.txt", "./../secret.txt", "a/b/../../../secret.txt",
        "link", "absolute-link", "chain", "up/secret.txt", "a/up/secret.txt", "up/work/../secret.txt", "../work/../secret.txt", "../WORK-beside/../secret.txt"];

    [Theory]
    [MemberData(nameof(WaysOut))]
    public async Task No_path_leads_a_tool_out_of_the_folder(string path)
    {
        MakeWaysOut();
        path = path.Replace("ABSOLUTE", Stage.SecretFile, StringComparison.Ordinal);
        foreach (var (tool, arguments) in new (string, object)[]
        {
            ("read", new { path }),
            ("write", new { path, content = "overwritten" }),
            ("edit", new { path, oldString = "secret", newString = "gone" }),
            ("grep", new { pattern = "secret", path }),
        })
        {
            var outcome = await Stage.RunAsync(tool, arguments);
            outcome.IsError.ShouldBeTrue($"{tool} {outcome.Text}");
            outcome.Text.ShouldContain("outside of the working folder", customMessage: tool);
            outcome.Text.ShouldNotContain(WorkStage.Secret);
        }

        File.ReadAllText(Stage.SecretFile).ShouldBe(WorkStage.Secret);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("up")]
    [InlineData("a/../..")]
    public async Task No_folder_outside_is_searched_or_worked_in(string path)
    {
        MakeWaysOut();
        (await Stage.RunAsync("glob", new { pattern = "*", cwd = path })).Text.ShouldContain("outside");
        (await Stage.RunAsync("grep", new { pattern = "secret", path })).Text.ShouldContain("outside");
        var ran = await Stage.RunAsync("bash", new { command = "pwd", cwd = path });
        ran.IsError.ShouldBeTrue();
        ran.Text.ShouldContain("outside");
    }

    [Fact]
    public async Task Searching_the_whole_folder_follows_no_link_out()
    {
        MakeWaysOut();
        Stage.Put("own.txt", "a secret of its own");
        (await Stage.RunAsync("grep", new { pattern = "secret" })).Text.ShouldBe("own.txt:1:a secret of its own");
        (await Stage.RunAsync("glob", new { pattern = "**" })).Text.ShouldBe("own.txt");
        (await Stage.RunAsync("glob", new { pattern = "../*" })).Text.ShouldBe("(no matches)");
        (await Stage.RunAsync("glob", new { pattern = "up/*" })).Text.ShouldBe("(no matches)");
    }

    [Fact]
    public async Task A_new_file_behind_a_link_is_not_made_outside()
    {
        MakeWaysOut();
        Stage.Link("dangling", "../made-outside");
        foreach (var path in new[] { "up/new.txt", "up/new/deeper.txt", "dangling" })
            (await Stage.RunAsync("write", new { path, content = "x" })).IsError.ShouldBeTrue(path);
        ShouldBeAlone();
    }

    [Fact]
    public async Task A_new_file_is_made_with_the_folders_on_its_way()
    {
        MakeWaysOut();
        foreach (var path in new[] { "new/deeper/file.txt", "a/b/file.txt", "up/work/new/other.txt", Stage.At("third/file.txt") })
        {
            (await Stage.RunAsync("write", new { path, content = path })).IsError.ShouldBeFalse(path);
            (await Stage.RunAsync("read", new { path })).Text.ShouldBe(path);
        }

        File.Exists(Stage.At("new/deeper/file.txt")).ShouldBeTrue();
        File.Exists(Stage.At("new/other.txt")).ShouldBeTrue();
        ShouldBeAlone();
    }

    [Fact]
    public async Task A_file_where_a_folder_would_be_is_no_way()
    {
        Stage.Put("plain", "text");
        foreach (var tool in new[] { "read", "write" })
            (await Stage.RunAsync(tool, new { path = "plain/file.txt", content = "x" })).IsError.ShouldBeTrue(tool);
        File.ReadAllText(Stage.At("plain")).ShouldBe("text");
    }

    [Fact]
    public async Task Links_and_absolute_paths_that_stay_inside_are_followed()
    {
        Stage.Put("a/real.txt", "inside");
        Stage.Link("relative", "a/real.txt");
        Stage.Link("absolute", Stage.At("a/real.txt"));
        Stage.Link("folder", "a");
        foreach (var path in new[] { "relative", "absolute", "folder/real.txt", "a/../a/./real.txt", Stage.At("a/real.txt"), "folder/../a/real.txt" })
            (await Stage.RunAsync("read", new { path })).ShouldBe(new ToolOutcome("inside"), path);
    }

    [Fact]
    public async Task A_folder_that_is_itself_a_link_is_worked_in()
    {
        Stage.Put("x.txt", "there");
        var link = Stage.Folder + "-link";
        Directory.CreateSymbolicLink(link, Stage.Folder);
        var folder = new WorkFolder(link, hasSteps);
        folder.TryOpen(Path.Combine(link, "x.txt"), out var file, out var refusal).ShouldBeTrue(refusal);
        file!.Dispose();
        await Task.CompletedTask;
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
        Stage.Link("loop", "loop");
        Directory.CreateDirectory(Stage.At("folder"));
        var outcome = await Stage.RunAsync("read", new { path });
        outcome.IsError.ShouldBeTrue(outcome.Text);
    }

    public void Dispose()
    {
        Stage.Dispose();
        GC.SuppressFinalize(this);
    }

    // Nothing but the secret, as it was, is beside the folder.
    private protected void ShouldBeAlone()
    {
        Directory.GetFileSystemEntries(Stage.Above).Select(Path.GetFileName).Order().ShouldBe(["secret.txt", "work"]);
        File.ReadAllText(Stage.SecretFile).ShouldBe(WorkStage.Secret);
    }

    private void MakeWaysOut()
    {
        Directory.CreateDirectory(Stage.At("a/b"));
        Stage.Link("link", "../secret.txt");
        Stage.Link("absolute-link", Stage.SecretFile);
        Stage.Link("chain", "a/../link");
        Stage.Link("up", "..");
        Stage.Link("a/up", "../..");
    }
}
