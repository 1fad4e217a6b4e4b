using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class TokenCalibrationTests
{
    [Fact]
    public void An_estimate_comes_near_what_the_model_reports_and_stays_apart_for_each_model()
    {
        var calibration = new TokenCalibration();
        calibration.Correct("m", 1000).ShouldBe(1000);
        for (var i = 0; i < 30; i++) calibration.Learn("m", 1000, 1400 + (i % 2 * 40));

        calibration.Correct("m", 1000).ShouldBeInRange(1400, 1440);
        calibration.Correct("other", 1000).ShouldBe(1000);
    }

    [Fact]
    public void One_odd_report_does_not_throw_it_off()
    {
        var calibration = new TokenCalibration();
        for (var i = 0; i < 20; i++) calibration.Learn("m", 1000, 1000);
        calibration.Learn("m", 1000, 1_000_000);
        calibration.Learn("m", 0, 50);
        calibration.Learn("m", 1000, 0);
        calibration.Correct("m", 1000).ShouldBeLessThanOrEqualTo(1251);
    }
}
