using Gatehouse.ClaudeCli.Workbench;

namespace Gatehouse.ClaudeCli.Tests.Workbench;

/// <summary>As Linux opens files, name by name: whoever swaps folders and links at the same moment gets nothing by it either, and a pipe holds nobody up.</summary>
public sealed class StepwiseConfinementTests() : ConfinementTests(hasSteps: true)
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_link_put_in_the_way_while_a_path_is_followed_leads_nowhere()
    {
        // The place was found; then its folder was swapped for a link before it was opened.
        Stage.Put("a/secret.txt", "harmless");
        var folder = new WorkFolder(Stage.Folder);
        folder.Find("a/secret.txt").ShouldBe(Stage.At("a/secret.txt"));
        Directory.Delete(Stage.At("a"), true);
        Stage.Link("a", "..");
        Stage.Link("b", "../secret.txt");
        foreach (var path in new[] { "a/secret.txt", "b" })
        {
            Should.Throw<IOException>(() => BeneathFile.Open(folder.Root, path)).Message.ShouldContain("link", customMessage: path);
            Should.Throw<IOException>(() => BeneathFile.OpenToWrite(folder.Root, path)).Message.ShouldContain("link", customMessage: path);
        }

        // No folder is made through it either.
        Should.Throw<IOException>(() => BeneathFile.OpenToWrite(folder.Root, "a/made/new.txt"));
        foreach (var path in new[] { "../secret.txt", "./../secret.txt", "x/../../secret.txt", "/secret.txt", "", ".", ".." })
        {
            Should.Throw<IOException>(() => BeneathFile.Open(folder.Root, path), path);
            Should.Throw<IOException>(() => BeneathFile.OpenToWrite(folder.Root, path), path);
        }

        ShouldBeAlone();
    }

    [Fact]
    public async Task A_folder_that_is_swapped_for_a_link_all_the_time_lets_nothing_be_made_or_read_outside()
    {
        using var over = new CancellationTokenSource(s_ceiling);
        var swapping = SwapAsync(over.Token);
        var (written, refused) = (0, 0);
        for (var i = 0; (i < 500 || written == 0 || refused == 0) && !over.IsCancellationRequested; i++)
        {
            // By the path alone, as if it had been found to be inside a moment ago.
            if (IsDone(() => BeneathFile.OpenToWrite(Stage.Folder, $"a/made-{i}/new.txt").Dispose())) written++;
            else refused++;
            IsDone(() => BeneathFile.Open(Stage.Folder, "a/secret.txt").Dispose()).ShouldBeFalse();
            await Stage.RunAsync("write", new { path = $"a/tool-{i}/new.txt", content = "x" });
        }

        await over.CancelAsync();
        await swapping;
        // Both were there to be met.
        written.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
        ShouldBeAlone();
    }

    [Fact]
    public async Task A_folder_that_is_swapped_for_a_link_all_the_time_is_searched_only_where_it_is_inside()
    {
        using var over = new CancellationTokenSource(s_ceiling);
        var swapping = SwapAsync(over.Token);
        var found = new HashSet<string>();
        for (var i = 0; (i < 300 || !found.Contains("a/own.txt")) && !over.IsCancellationRequested; i++)
        {
            found.UnionWith((await Stage.RunAsync("glob", new { pattern = "**" })).Text.Split('\n'));
            found.UnionWith((await Stage.RunAsync("glob", new { pattern = "**/secret.txt", cwd = "a" })).Text.Split('\n').Where(one => one == "secret.txt"));
            (await Stage.RunAsync("grep", new { pattern = "secret" })).Text.ShouldNotContain(WorkStage.Secret);
        }

        await over.CancelAsync();
        await swapping;
        found.ShouldContain("a/own.txt");
        found.ShouldNotContain(one => one.EndsWith("secret.txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_is_swapped_all_the_time_never_lets_the_secret_out()
    {
        Stage.Put("a/secret.txt", "harmless");
        using var over = new CancellationTokenSource(s_ceiling);
        var swapping = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                Stage.Link("link", Stage.SecretFile);
                File.Move(Stage.At("link"), Stage.At("a/secret.txt"), overwrite: true);
                Stage.Put("plain", "harmless");
                File.Move(Stage.At("plain"), Stage.At("a/secret.txt"), overwrite: true);
            }
        });
        var texts = new HashSet<string>();
        for (var i = 0; (i < 1_000 || !texts.Contains("harmless") || texts.Count == 1) && !over.IsCancellationRequested; i++) texts.Add((await Stage.RunAsync("read", new { path = "a/secret.txt" })).Text);
        for (var i = 0; i < 500; i++) await Stage.RunAsync("write", new { path = "a/secret.txt", content = "harmless" });
        await over.CancelAsync();
        await swapping;
        texts.ShouldContain("harmless");
        texts.ShouldNotContain(WorkStage.Secret);
        ShouldBeAlone();
    }

    [Fact]
    public async Task A_pipe_does_not_hold_a_tool_up()
    {
        (await Stage.RunAsync("bash", new { command = "mkfifo pipe" })).IsError.ShouldBeFalse();
        (await Stage.RunAsync("read", new { path = "pipe" })).IsError.ShouldBeTrue();
        (await Stage.RunAsync("grep", new { pattern = "x" })).Text.ShouldBe("(no matches)");
    }

    // A folder and a link to the folder above by turns. The folder is moved away and then deleted: one that somebody writes into can't always be deleted.
    private Task SwapAsync(CancellationToken over) => Task.Run(
        () =>
        {
            for (var turn = 0; !over.IsCancellationRequested; turn++)
            {
                var old = Stage.At($"old-{turn}");
                IsDone(() => Directory.Move(Stage.At("a"), old));
                IsDone(() => Stage.Link("a", ".."));
                IsDone(() => Directory.Delete(old, true));
                IsDone(() => File.Delete(Stage.At("a")));
                IsDone(() => Stage.Put("a/own.txt", "own"));
            }
        },
        CancellationToken.None);

    private static bool IsDone(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
