using System.CommandLine;
using System.Globalization;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Metering;
using Gatehouse.Installations;

namespace Gatehouse.Usage;

/// <summary><c>gatehouse usage recompute</c>: reckons costs again by the prices of now.</summary>
internal static class RecomputeVerb
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "recompute",
        "Reckon the cost of stored exchanges again by the prices of now, after a price was added or mended. Works beside a running server, whose monthly "
        + "caps go by it within a second.",
        "gatehouse usage recompute",
        "gatehouse usage recompute --since 30d") { UsageCommand.Since, CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        var directory = invocation.DataDirectory;
        if (!Installation.Exists(directory)) return Shown(new Recomputed(0, 0, 0, 0));
        var (configuration, problems) = ConfigLoader.Load(await invocation.ConfigInputsAsync());
        if (configuration is null) return Report.Misused([.. problems.Select(Problem.Of)]);
        await using var store = await Installation.OpenStoreAsync(directory, invocation.Cancelled);
        var since = invocation.Parsed.GetValue(UsageCommand.Since) is { } period ? TimeProvider.System.GetUtcNow() - period : (DateTimeOffset?)null;
        var prices = new GatewaySnapshot(configuration, 1).Prices;
        return Shown(await CostRecompute.RunAsync(store, prices, since, cancellation: invocation.Cancelled));
    }

    private static Report Shown(Recomputed done) => Report.Done(
        terminal => terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Looked at {done.Rows:#,0} exchanges and changed the cost of {done.Changed:#,0}: {Money.Text(done.BeforeNanodollars)} before, {Money.Text(done.AfterNanodollars)} now.")),
        json =>
        {
            json.WriteStartObject();
            json.WriteNumber("exchanges", done.Rows);
            json.WriteNumber("changed", done.Changed);
            json.WriteNumber("cost_before_nanodollars", done.BeforeNanodollars);
            json.WriteNumber("cost_nanodollars", done.AfterNanodollars);
            json.WriteEndObject();
        });
}
