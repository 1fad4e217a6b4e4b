using Gatehouse.ClaudeCli.Programs;

namespace Gatehouse.ClaudeCli.Tests.Programs;

public sealed class ErrorTailTests
{
    [Fact]
    public void Only_the_last_lines_are_kept_and_none_of_them_whole_when_it_is_long()
    {
        var tail = new ErrorTail();
        for (var i = 0; i < 1000; i++) tail.Add($"{i} {new string('x', 1000)}");
        var lines = tail.ToString().Split('\n');
        lines.Length.ShouldBe(20);
        lines[0].ShouldStartWith("980 ");
        lines.ShouldAllBe(line => line.Length == 400);
    }
}
