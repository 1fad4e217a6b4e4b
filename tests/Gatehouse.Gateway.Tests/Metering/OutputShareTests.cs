using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class OutputShareTests
{
    [Fact]
    public void An_unknown_model_is_taken_to_need_a_usual_answer_and_never_more_than_was_asked_for()
    {
        var shares = new OutputShare();
        shares.Of("m", null).ShouldBe(OutputShare.Unknown);
        shares.Of("m", 128_000).ShouldBe(OutputShare.Unknown);
        shares.Of("m", 50).ShouldBe(50);
        shares.Of("m", 0).ShouldBe(OutputShare.Unknown);
    }

    [Fact]
    public void It_settles_above_what_a_models_answers_usually_have()
    {
        var shares = new OutputShare();
        var random = new Random(7);
        var over = 0;
        for (var i = 0; i < 2000; i++)
        {
            var answer = random.Next(200, 1400);
            if (i > 200 && answer > shares.Of("m", null)) over++;
            shares.Learn("m", answer);
        }

        shares.Of("m", null).ShouldBeInRange(1200, 1700);
        over.ShouldBeLessThan(200);
        shares.Of("other", null).ShouldBe(OutputShare.Unknown);
    }

    [Fact]
    public void One_short_answer_does_not_make_the_next_ones_look_free()
    {
        var shares = new OutputShare();
        shares.Learn("m", 1);
        shares.Of("m", null).ShouldBe(OutputShare.Least);
        shares.Learn("m", 0);
        shares.Of("m", null).ShouldBe(OutputShare.Least);
    }

    [Fact]
    public void Names_that_callers_make_up_do_not_fill_memory()
    {
        var shares = new OutputShare();
        for (var i = 0; i < 1000; i++) shares.Learn($"m{i}", 100_000);
        shares.Of("m999", null).ShouldBe(OutputShare.Unknown);
        shares.Of("m1", null).ShouldBeGreaterThan(100_000);
    }
}
