using System.Text;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Workbench;

public sealed class WorkToolsTests : IDisposable
{
    private readonly WorkStage _stage = new();

    [Theory]
    [InlineData(true, "read,write,edit,bash,glob,grep")]
    [InlineData(false, "read,write,edit,glob,grep")]
    public void The_tools_are_the_six_of_before_and_bash_can_be_left_out(bool commands, string names)
    {
        var listed = WorkTools.Listed(commands);
        var found = new List<string>();
        foreach (var tool in JsonView.Trusted(listed.Listed.Span).Items)
        {
            found.Add(tool["name"u8].Text()!);
            tool["inputSchema"u8]["type"u8].Is("object"u8).ShouldBeTrue();
            tool["description"u8].Text()!.Length.ShouldBeGreaterThan(20);
        }

        string.Join(',', found).ShouldBe(names);
        listed.Count.ShouldBe(found.Count);
        listed.Listed.Span.IndexOf("\n\n"u8).ShouldBe(-1);
    }

    [Fact]
    public async Task A_file_is_written_with_its_folders_read_and_edited_once()
    {
        (await _stage.RunAsync("write", new { path = "new/deep/a.txt", content = "one two two ü" })).ShouldBe(new ToolOutcome("Successfully wrote to new/deep/a.txt"));
        (await _stage.RunAsync("edit", new { path = "new/deep/a.txt", oldString = "two", newString = "three" })).IsError.ShouldBeFalse();
        (await _stage.RunAsync("read", new { path = "new/deep/a.txt" })).Text.ShouldBe("one three two ü");
        (await _stage.RunAsync("edit", new { path = "new/deep/a.txt", oldString = "one three", newString = "" })).IsError.ShouldBeFalse();
        (await _stage.RunAsync("write", new { path = "new/deep/a.txt", content = "x" })).IsError.ShouldBeFalse();
        File.ReadAllText(_stage.At("new/deep/a.txt")).ShouldBe("x");
    }

    [Theory]
    [InlineData("a.txt", "nowhere", "oldString was not found in a.txt")]
    [InlineData("a.txt", "", "oldString is empty")]
    [InlineData("missing.txt", "x", "missing.txt")]
    public async Task An_edit_that_can_not_be_made_changes_nothing(string path, string old, string reason)
    {
        _stage.Put("a.txt", "text");
        var outcome = await _stage.RunAsync("edit", new { path, oldString = old, newString = "y" });
        outcome.IsError.ShouldBeTrue();
        outcome.Text.ShouldContain(reason);
        Directory.GetFiles(_stage.Folder).Select(Path.GetFileName).ShouldBe(["a.txt"]);
        File.ReadAllText(_stage.At("a.txt")).ShouldBe("text");
    }

    [Fact]
    public async Task Bytes_around_an_edit_stay_as_they_were()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, 0xFF, (byte)'a', (byte)'\r', (byte)'\n', 0x00];
        File.WriteAllBytes(_stage.At("odd"), bytes);
        (await _stage.RunAsync("edit", new { path = "odd", oldString = "a", newString = "bb" })).IsError.ShouldBeFalse();
        File.ReadAllBytes(_stage.At("odd")).ShouldBe([0xEF, 0xBB, 0xBF, 0xFF, (byte)'b', (byte)'b', (byte)'\r', (byte)'\n', 0x00]);
    }

    [Theory]
    [InlineData(null, "hé")]
    [InlineData("utf-8", "hé")]
    [InlineData("base64", "aMOp")]
    [InlineData("hex", "68c3a9")]
    [InlineData("latin1", "hÃ©")]
    public async Task A_file_is_shown_in_the_encoding_asked_for(string? encoding, string text)
    {
        File.WriteAllBytes(_stage.At("f"), Encoding.UTF8.GetBytes("hé"));
        (await _stage.RunAsync("read", new { path = "f", encoding })).ShouldBe(new ToolOutcome(text));
    }

    [Fact]
    public async Task A_long_file_is_cut_and_that_is_told()
    {
        _stage.Put("long", new string('x', 200_000));
        var text = (await _stage.RunAsync("read", new { path = "long" })).Text;
        text.Length.ShouldBeInRange(ToolOutcome.MostText, ToolOutcome.MostText + 100);
        text.ShouldContain("200000 bytes");
    }

    [Theory]
    [InlineData("*.cs", "a.cs")]
    [InlineData("**/*.cs", "a.cs\nsrc/b.cs\nsrc/deep/c.cs")]
    [InlineData("src/**", "src/b.cs\nsrc/deep/c.cs\nsrc/e.ts")]
    [InlineData("src/*.{cs,ts}", "src/b.cs\nsrc/e.ts")]
    [InlineData("src/[a-b].?s", "src/b.cs")]
    [InlineData("src/[!b].*", "src/e.ts")]
    [InlineData(".h*", ".hidden")]
    [InlineData("*.none", "(no matches)")]
    [InlineData("$(touch pwned)", "(no matches)")]
    public async Task Patterns_find_files(string pattern, string found)
    {
        foreach (var path in new[] { "a.cs", "src/b.cs", "src/deep/c.cs", "src/e.ts", ".hidden", ".git/d.cs", "node_modules/f.cs", "src/node_modules/g.cs" }) _stage.Put(path, "x");
        (await _stage.RunAsync("glob", new { pattern })).Text.ShouldBe(found);
        File.Exists(_stage.At("pwned")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("needle", null, null, "a.cs:2:a needle\nsrc/b.ts:1:needles")]
    [InlineData("^needle", null, null, "src/b.ts:1:needles")]
    [InlineData("needle", "src", null, "src/b.ts:1:needles")]
    [InlineData("needle", "a.cs", null, "a.cs:2:a needle")]
    [InlineData("needle", null, "*.ts", "src/b.ts:1:needles")]
    [InlineData("needle(?=s)", null, null, "src/b.ts:1:needles")]
    [InlineData("absent", null, null, "(no matches)")]
    public async Task Lines_are_found_with_file_and_number(string pattern, string? path, string? include, string found)
    {
        _stage.Put("a.cs", "first\na needle\nlast");
        _stage.Put("src/b.ts", "needles");
        _stage.Put(".git/c", "needle");
        File.WriteAllBytes(_stage.At("binary"), [0, (byte)'n', .. "needle"u8]);
        (await _stage.RunAsync("grep", new { pattern, path, include })).Text.ShouldBe(found);
    }

    /// <summary>The shell that grep once went through took these as commands.</summary>
    [Theory]
    [InlineData("\"; touch pwned; echo \"")]
    [InlineData("$(touch pwned)")]
    [InlineData("`touch pwned`")]
    [InlineData("x' ; touch pwned ; '")]
    [InlineData("--include=x; touch pwned")]
    public async Task No_argument_but_a_command_is_run_by_a_shell(string text)
    {
        _stage.Put("a.txt", "x");
        await _stage.RunAsync("grep", new { pattern = text });
        await _stage.RunAsync("grep", new { pattern = "x", path = text });
        await _stage.RunAsync("grep", new { pattern = "x", include = text });
        await _stage.RunAsync("glob", new { pattern = text, cwd = text });
        await _stage.RunAsync("read", new { path = text });
        await _stage.RunAsync("bash", new { command = "true", cwd = text });
        File.Exists(_stage.At("pwned")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_pattern_that_would_take_for_ever_does_not()
    {
        _stage.Put("a", new string('a', 60));
        (await _stage.RunAsync("grep", new { pattern = "^(a+)+$|(a|aa)+b" })).IsError.ShouldBeFalse();
        (await _stage.RunAsync("grep", new { pattern = "^(a+)+(?=b)" })).Text.ShouldContain("takes too long");
        (await _stage.RunAsync("grep", new { pattern = "(" })).IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_matches_are_cut_and_that_is_told()
    {
        _stage.Put("a", string.Concat(Enumerable.Repeat($"needle {new string('x', 2_000)}\n", 500)));
        var lines = (await _stage.RunAsync("grep", new { pattern = "needle" })).Text;
        lines.Length.ShouldBeLessThan(ToolOutcome.MostText);
        lines.ShouldEndWith("[More matches are left out]");
        for (var i = 0; i < 1_100; i++) File.WriteAllText(_stage.At($"file{i}"), "");
        (await _stage.RunAsync("glob", new { pattern = "file*" })).Text.ShouldEndWith("[100 more]");
    }

    [Theory]
    [InlineData("read", "path")]
    [InlineData("write", "path")]
    [InlineData("bash", "command")]
    [InlineData("grep", "pattern")]
    public async Task A_call_without_what_it_needs_is_told_so(string tool, string needed)
    {
        var outcome = await _stage.RunAsync(tool, new { });
        outcome.ShouldBe(ToolOutcome.Failed($"{tool} needs {needed}"));
    }

    [Fact]
    public async Task What_is_no_tool_is_refused_and_bash_where_commands_are_off()
    {
        (await _stage.RunAsync("rm", new { path = "." })).Text.ShouldBe("There is no tool 'rm'");
        using var quiet = new WorkStage(commands: false);
        (await quiet.RunAsync("bash", new { command = "touch x" })).IsError.ShouldBeTrue();
        File.Exists(quiet.At("x")).ShouldBeFalse();
    }

    public void Dispose() => _stage.Dispose();
}
