namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// The metrics by their OpenTelemetry names; the Prometheus text turns dots into underscores and adds the unit. Listed in
/// <c>docs/reference/metrics.md</c>, which a test holds to this page.
/// </summary>
internal static class MetricNames
{
    public const string Requests = "gatehouse.requests";
    public const string StreamEnds = "gatehouse.stream.ends";
    public const string Losses = "gatehouse.losses";
    public const string Overhead = "gatehouse.overhead";
    public const string ProgramTurns = "gatehouse.program.turns";
    public const string AccountState = "gatehouse.program.account.state";
    public const string AccountExhausted = "gatehouse.program.account.exhausted";
    public const string AccountUtilization = "gatehouse.program.account.utilization";
    public const string QueueWait = "gatehouse.queue.wait";
    public const string InFlight = "gatehouse.in_flight";
    public const string BodiesHeld = "gatehouse.bodies_held";
    public const string UpstreamState = "gatehouse.upstream.state";
    public const string LedgerLagRows = "gatehouse.ledger.lag_rows";
    public const string LedgerLagSeconds = "gatehouse.ledger.lag_seconds";
    public const string LedgerDegraded = "gatehouse.ledger.degraded";
    public const string ConfigReloadFailed = "gatehouse.config.reload_failed";

    // OpenTelemetry semantic conventions for generative AI.
    public const string ServerDuration = "gen_ai.server.request.duration";
    public const string FirstToken = "gen_ai.server.time_to_first_token";
    public const string ClientDuration = "gen_ai.client.operation.duration";
    public const string TokenUsage = "gen_ai.client.token.usage";

    public const string RequestsHelp = "Exchanges that were admitted, by how they ended.";
    public const string StreamEndsHelp = "Streams that the upstream had begun, by why they ended.";
    public const string LossesHelp = "Exchanges in which something could not be carried as it was, by what.";
    public const string OverheadHelp = "Time spent in Gatehouse before the upstream was called.";
    public const string ProgramTurnsHelp = "Turns of a provider that is a program: running, and waiting to run.";
    public const string AccountStateHelp = "How an account that a program works under is: 0 unknown, 1 healthy, 2 degraded, 3 unhealthy.";
    public const string AccountExhaustedHelp = "1 while the limits of an account are used up.";
    public const string AccountUtilizationHelp = "How much of an account's limit is used, from 0 to 1, as the vendor last told it.";
    public const string QueueWaitHelp = "Time that a call waited for a turn at a provider that runs few at once.";
    public const string InFlightHelp = "Exchanges running now.";
    public const string BodiesHeldHelp = "Bytes of request bodies held in memory now.";
    public const string UpstreamStateHelp = "How a provider fares: 0 unknown, 1 ok, 2 failing.";
    public const string LedgerLagRowsHelp = "Settled exchanges that are journalled but not yet in the store.";
    public const string LedgerLagSecondsHelp = "Age of the oldest of them.";
    public const string LedgerDegradedHelp = "1 while the journal or the store cannot be written.";
    public const string ConfigReloadFailedHelp = "1 while the configuration file holds errors and an older one is in force.";
    public const string ServerDurationHelp = "Time from accepting a request to the end of its answer.";
    public const string FirstTokenHelp = "Time from accepting a streaming request to the first byte of its answer.";
    public const string ClientDurationHelp = "Time from calling the provider to the end of its answer.";
    public const string TokenUsageHelp = "Tokens of one exchange as reported; input counts cached tokens in, cache_write both its lifetimes, output reasoning.";
}
