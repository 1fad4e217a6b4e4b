using Gatehouse.CommandLine;

namespace Gatehouse.Tests.CommandLine;

public sealed class PeriodTests
{
    [Theory]
    [InlineData("45m", 45)]
    [InlineData("12h", 720)]
    [InlineData("30d", 43_200)]
    [InlineData("8w", 80_640)]
    public void A_number_with_a_unit_is_a_period(string text, int minutes) => Period.Read(text).ShouldBe(TimeSpan.FromMinutes(minutes));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("30")]
    [InlineData("0d")]
    [InlineData("-3d")]
    [InlineData("3.5d")]
    [InlineData("3y")]
    [InlineData("99999999w")]
    [InlineData("99999999999d")]
    public void Anything_else_is_none(string text) => Period.Read(text).ShouldBeNull();
}
