using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Telemetry;

public sealed class MetricsReferenceTests
{
    [Fact]
    public void The_reference_lists_every_metric_label_and_word_that_a_scrape_can_show()
    {
        var health = new UpstreamHealth(TimeProvider.System);
        var seen = DateTimeOffset.UnixEpoch;
        using var metrics = new GatewayMetrics(new GatewayGauges { Programs = () => [ProgramSamples.One(seen)] }, health);
        health.Of("p").Succeeded();
        metrics.Settled(Records.Settled());
        var queued = Records.Settled(end: ExchangeEnd.UpstreamError);
        (queued.QueueMicros, queued.Losses) = (1, "claude-program.top_k");
        metrics.Settled(queued);
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "reference", "metrics.md"));

        var scrape = PrometheusParser.Scrape(metrics);

        foreach (var name in scrape.Types.Keys) page.ShouldContain($"`{name}`");
        foreach (var label in scrape.Samples.SelectMany(s => s.Labels.Keys).Distinct().Where(l => l != "le"))
            page.ShouldContain($"`{label}`");
        foreach (var word in ExchangeLabels.Ends.Skip(1).Concat(ExchangeLabels.TokenTypes).Concat(ExchangeLabels.StatusClasses))
            page.ShouldContain($"`{word}`");
        foreach (var operation in Enum.GetValues<ExchangeOperation>()) page.ShouldContain($"`{ExchangeLabels.Operation(operation)}`");
    }

    [Fact]
    public void Every_operation_and_end_has_a_word_of_its_own()
    {
        Enum.GetValues<ExchangeOperation>().Select(ExchangeLabels.Operation).ShouldBeUnique();
        Enum.GetValues<ExchangeOperation>().ShouldAllBe(o => ExchangeLabels.Operation(o) != ExchangeLabels.Other);
        ExchangeLabels.Ends.Length.ShouldBe(Enum.GetValues<ExchangeEnd>().Length);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
