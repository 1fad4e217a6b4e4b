using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class EffortScaleTests
{
    [Theory]
    [InlineData(Effort.Max, new[] { Effort.Low, Effort.Medium, Effort.High }, Effort.High)]
    [InlineData(Effort.Minimal, new[] { Effort.Low, Effort.Medium, Effort.High }, Effort.Low)]
    [InlineData(Effort.None, new[] { Effort.Low, Effort.High }, Effort.Low)]
    [InlineData(Effort.None, new[] { Effort.None, Effort.High }, Effort.None)]
    [InlineData(Effort.Low, new[] { Effort.None, Effort.High }, Effort.High)]
    [InlineData(Effort.Medium, new[] { Effort.Low, Effort.High }, Effort.Low)]
    [InlineData(Effort.XHigh, new[] { Effort.None, Effort.Low, Effort.High, Effort.XHigh, Effort.Max }, Effort.XHigh)]
    [InlineData(Effort.Unset, new[] { Effort.Low }, Effort.Unset)]
    [InlineData(Effort.High, new Effort[0], Effort.Unset)]
    public void A_wish_is_clamped_to_what_the_model_accepts(Effort wish, Effort[] accepted, Effort expected) =>
        EffortScale.Clamp(wish, accepted).ShouldBe(expected);

    [Fact]
    public void Every_budget_reads_back_as_the_effort_that_it_stands_for()
    {
        foreach (var effort in Enum.GetValues<Effort>().Where(e => e > Effort.None)) EffortScale.OfBudget(EffortScale.Budget(effort)).ShouldBe(effort);
        EffortScale.OfBudget(31_999).ShouldBe(Effort.High);
    }

    [Fact]
    public void Every_word_reads_back()
    {
        foreach (var effort in Enum.GetValues<Effort>().Where(e => e != Effort.Unset))
        {
            JsonView.TryParse((byte[])[(byte)'"', .. EffortScale.Word(effort), (byte)'"'], out var word).ShouldBeTrue();
            EffortScale.Read(word).ShouldBe(effort);
        }
    }
}
