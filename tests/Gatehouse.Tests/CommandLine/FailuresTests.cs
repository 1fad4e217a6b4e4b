using Gatehouse.CommandLine;
using Gatehouse.Gateway.Server;
using Gatehouse.Storage;

namespace Gatehouse.Tests.CommandLine;

public sealed class FailuresTests
{
    [Fact]
    public void Failures_that_are_written_for_people_are_shown_as_they_are()
    {
        Failures.Explain(new StoreException(StoreFailure.Full, "The disk is full.")).Problems.ShouldHaveSingleItem().What.ShouldBe(
            "The disk is full.");
        var start = Failures.Explain(new GatewayStartException("It can't be listened on."));
        start.Problems.ShouldHaveSingleItem().What.ShouldBe("It can't be listened on.");
        start.ExitCode.ShouldBe(ExitCode.Failed);
    }

    [Fact]
    public void An_unexpected_failure_is_one_line_with_the_way_to_more()
    {
        var problem = Failures.Explain(new InvalidOperationException("first\nsecond")).Problems.ShouldHaveSingleItem();
        problem.What.ShouldContain("InvalidOperationException: first");
        problem.What.ShouldNotContain("\n");
        problem.Fix!.ShouldContain("GATEHOUSE_DEBUG=1");
    }
}
