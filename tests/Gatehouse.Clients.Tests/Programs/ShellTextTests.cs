using System.Diagnostics;
using Gatehouse.Clients.Programs;

namespace Gatehouse.Clients.Tests.Programs;

public sealed class ShellTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain-word_1./:=,@%+")]
    [InlineData("two words")]
    [InlineData("it's \"quoted\" $HOME `x` \\ !")]
    [InlineData("a\nb\tc")]
    [InlineData("ümlaut 😀 * ? [x]")]
    public async Task A_shell_reads_a_quoted_word_as_it_was(string word)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"printf %s {ShellText.Quote(word)}"]) { RedirectStandardOutput = true })!;
        (await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe(word);
        ShellText.Unquote(ShellText.Quote(word)).ShouldBe(word);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("'a")]
    [InlineData("$(x)")]
    public void What_is_no_quoted_word_is_none(string text) => ShellText.Unquote(text).ShouldBeNull();
}
