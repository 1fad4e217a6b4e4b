using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class NearestNamesTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("ABC", "abc", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("listn", "listen", 1)]
    public void Distance_counts_the_changes(string a, string b, int distance)
    {
        NearestNames.Distance(a, b).ShouldBe(distance);
        NearestNames.Distance(b, a).ShouldBe(distance);
    }

    [Theory]
    [InlineData("listn", "listen")]
    [InlineData("maxbodybytes", "maxBodyBytes")]
    [InlineData("colour", null)]
    public void Only_a_name_near_enough_is_suggested(string name, string? meant) =>
        NearestNames.Suggest(name, ["listen", "maxBodyBytes", "limits"]).ShouldBe(meant);

    [Fact]
    public void A_part_of_a_long_name_is_nearer_to_it_than_a_short_name_of_other_letters() =>
        NearestNames.Find("opus-5", ["o1*", "o3", "gpt-5.1-codex", "claude-opus-5-5"], 2)[0].ShouldBe("claude-opus-5-5");

    [Fact]
    public void Names_come_nearest_first_each_once() =>
        NearestNames.Find("gpt-5", ["claude-*", "gpt-5.1", "gpt-5-mini", "gpt-5.1", "*"], 3)
            .ShouldBe(["gpt-5.1", "gpt-5-mini", "claude-*"]);
}
