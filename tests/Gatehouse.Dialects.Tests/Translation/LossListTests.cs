using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class LossListTests
{
    [Fact]
    public void The_ids_are_cut_at_a_whole_one_to_the_length_that_a_header_may_have()
    {
        var losses = new LossList();
        for (var i = 0; i < 200; i++) losses.Add(new Loss($"field_{i}", ""));
        var joined = losses.Joined(1000)!;
        joined.Length.ShouldBeInRange(950, 1000);
        joined.ShouldStartWith("field_0,field_1,");
        joined.ShouldEndWith(",...");
        joined[..^4].Split(',').ShouldBe(losses.All.Take(joined[..^4].Split(',').Length).Select(loss => loss.Id));
    }

    [Fact]
    public void Without_room_for_any_only_that_there_were_some_is_told()
    {
        var losses = new LossList();
        losses.Joined(1000).ShouldBeNull();
        losses.Add(new Loss("field", ""));
        losses.Joined(9).ShouldBe("...");
        losses.Joined(10).ShouldBe("field");
    }
}
