using Gatehouse.Dialects;
using Gatehouse.Dialects.Facts;

namespace Gatehouse.Gateway.Metering;

/// <summary>How an exchange ended. The numbers are written to the ledger: never renumber.</summary>
public enum ExchangeEnd : byte
{
    /// <summary>Admitted and still running; never in a settled row.</summary>
    Running = 0,

    /// <summary>The upstream answered 2xx and the client saw the end.</summary>
    Ok = 1,

    /// <summary>The upstream refused the request (4xx).</summary>
    ClientError = 2,

    /// <summary>The upstream failed: 5xx, unreachable, reset, truncated, or an error event.</summary>
    UpstreamError = 3,

    /// <summary>The client went away.</summary>
    ClientGone = 4,

    /// <summary>A deadline passed (first byte, idle or total).</summary>
    Timeout = 5,

    /// <summary>Gatehouse itself refused it after admission.</summary>
    Refused = 6,

    /// <summary>Gatehouse died while it ran; written at recovery.</summary>
    Interrupted = 7,
}

/// <summary>Where the token counts of a row come from. The numbers are written to the ledger: never renumber.</summary>
public enum UsageSource : byte
{
    /// <summary>None were reported, and none can be expected (an error, count_tokens).</summary>
    None = 0,

    /// <summary>The upstream's own final figures.</summary>
    Upstream = 1,

    /// <summary>The upstream's figures, but the answer broke off before its final ones.</summary>
    Partial = 2,

    /// <summary>Estimated by Gatehouse.</summary>
    Estimated = 3,
}

/// <summary>What the cost of a row is worth. The numbers are written to the ledger: never renumber.</summary>
public enum CostBasis : byte
{
    /// <summary>There is nothing to price: no model wrote, or nothing was used.</summary>
    None = 0,

    /// <summary>The provider's own final counts at known prices.</summary>
    Reported = 1,

    /// <summary>
    /// Known prices, but the counts are partial or estimated, or the bill has parts that the price table does not know (a service tier, server tools).
    /// </summary>
    Estimated = 2,

    /// <summary>Tokens were used, but the model has no price: the cost is unknown, not nothing.</summary>
    NoPrice = 3,

    /// <summary>The model has a price, but nobody knows how many tokens were used.</summary>
    NoUsage = 4,
}

/// <summary>Which call of a dialect an exchange is. The numbers are written to the ledger: never renumber.</summary>
public enum ExchangeOperation : byte
{
    /// <summary><c>POST /v1/messages</c>.</summary>
    Messages = 0,

    /// <summary><c>POST /v1/messages/count_tokens</c>.</summary>
    CountTokens = 1,

    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    ChatCompletions = 2,

    /// <summary><c>POST /v1/responses</c>.</summary>
    Responses = 3,

    /// <summary><c>POST /v1/responses/compact</c>.</summary>
    ResponsesCompact = 4,

    /// <summary><c>POST /v1/responses/input_tokens</c>.</summary>
    ResponsesInputTokens = 5,

    /// <summary><c>GET /v1/responses/{id}</c>.</summary>
    ResponsesGet = 6,

    /// <summary><c>DELETE /v1/responses/{id}</c>.</summary>
    ResponsesDelete = 7,

    /// <summary><c>GET /v1/responses/{id}/input_items</c>.</summary>
    ResponsesInputItems = 8,
}

/// <summary>
/// What the ledger keeps of one exchange: filled step by step by the handler that owns it, journalled at admission and again when settled.
/// Null means unknown, never zero. Not thread-safe.
/// </summary>
public sealed class ExchangeRecord
{
    /// <summary>UUIDv7 of the exchange; the row's key and the <c>x-gatehouse-exchange</c> header.</summary>
    public Guid Id { get; set; }

    /// <summary>When the request was accepted, in microseconds since the Unix epoch (UTC).</summary>
    public long StartedAtMicros { get; set; }

    /// <summary>The access token's id.</summary>
    public Guid? TokenId { get; set; }

    /// <summary>The token's owner.</summary>
    public string? UserId { get; set; }

    /// <summary>The project that the token is bound to.</summary>
    public string? ProjectId { get; set; }

    /// <summary>The workspace that the token is bound to.</summary>
    public string? WorkspaceId { get; set; }

    /// <summary>The dialect that the caller spoke.</summary>
    public Dialect ClientDialect { get; set; }

    /// <summary>The dialect that the provider was spoken to in; null when none was.</summary>
    public Dialect? UpstreamDialect { get; set; }

    /// <summary>Which call it was.</summary>
    public ExchangeOperation Operation { get; set; }

    /// <summary>Whether the caller asked for a stream.</summary>
    public bool Stream { get; set; }

    /// <summary>The provider's configured name.</summary>
    public string? Provider { get; set; }

    /// <summary>Whether the provider is a user's own: what it says, anyone may make it say.</summary>
    internal bool IsByTenant => Provider?.StartsWith(Routing.Provider.TenantPrefix, StringComparison.Ordinal) == true;

    /// <summary>The id of the credential lent to the provider.</summary>
    public string? CredentialId { get; set; }

    /// <summary>Where that credential comes from: <c>env</c>, <c>vault</c>, <c>none</c>.</summary>
    public string? CredentialSource { get; set; }

    /// <summary>The model name that the caller asked for.</summary>
    public string? ModelAsked { get; set; }

    /// <summary>The model name sent upstream.</summary>
    public string? ModelSent { get; set; }

    /// <summary>The model that the upstream says it used.</summary>
    public string? ModelUsed { get; set; }

    /// <summary>How it ended.</summary>
    public ExchangeEnd End { get; set; }

    /// <summary>The HTTP status that the caller saw; null when none was sent.</summary>
    public int? Status { get; set; }

    /// <summary>The upstream's last HTTP status; null when it gave none.</summary>
    public int? UpstreamStatus { get; set; }

    /// <summary>A word for the failure: the upstream's error type, or one of ours (<c>upstream_reset</c>, <c>idle_timeout</c> …).</summary>
    public string? ErrorType { get; set; }

    /// <summary>Why the model stopped, in the upstream's word.</summary>
    public string? StopReason { get; set; }

    /// <summary>Token counts as reported.</summary>
    public Usage Usage { get; set; }

    /// <summary>Where <see cref="Usage"/> comes from.</summary>
    public UsageSource UsageSource { get; set; }

    /// <summary>The service tier that the upstream says it used.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Counts of the provider's server tools as a JSON object; null when none.</summary>
    public string? ServerTools { get; set; }

    /// <summary>Size of the request body, bytes.</summary>
    public long RequestBytes { get; set; }

    /// <summary>Bytes of the answer's body that came from the upstream.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>Complete stream events seen; 0 for JSON.</summary>
    public long Events { get; set; }

    /// <summary>From accept to the upstream's first body byte, in microseconds; null when there was none.</summary>
    public long? FirstByteMicros { get; set; }

    /// <summary>The same of a stream that the provider began: an error that comes at once is no token. Null otherwise.</summary>
    internal long? FirstTokenMicros => Stream && UpstreamStatus is >= 200 and < 300 ? FirstByteMicros : null;

    /// <summary>From accept to the end, in microseconds.</summary>
    public long? DurationMicros { get; set; }

    /// <summary>Time spent in Gatehouse itself before the upstream was called, in microseconds.</summary>
    public long? OverheadMicros { get; set; }

    /// <summary>How long it waited for a turn at a provider that runs few at once, in microseconds; null where nobody waits.</summary>
    public long? QueueMicros { get; set; }

    /// <summary>How many attempts were sent upstream.</summary>
    public int Attempts { get; set; }

    /// <summary>The caller's <c>x-request-id</c> or <c>x-client-request-id</c>.</summary>
    public string? ClientRequestId { get; set; }

    /// <summary>The upstream's <c>request-id</c> or <c>x-request-id</c>.</summary>
    public string? UpstreamRequestId { get; set; }

    /// <summary>The upstream's id for the answer.</summary>
    public string? ResponseId { get; set; }

    /// <summary>
    /// Whether the upstream keeps the answer under <see cref="ResponseId"/>, so that later calls with that id must go to the same
    /// credential.
    /// </summary>
    public bool OwnsResponse { get; set; }

    /// <summary>The family of the caller's user-agent (<c>claude-cli</c>, <c>codex_exec</c> …), not its whole text.</summary>
    public string? Client { get; set; }

    /// <summary>The agent's session id, from its headers.</summary>
    public string? SessionId { get; set; }

    /// <summary>The sub-agent's id, from its headers.</summary>
    public string? AgentId { get; set; }

    /// <summary>The sub-agent's parent, from its headers.</summary>
    public string? ParentAgentId { get; set; }

    /// <summary>The named edits made for this provider and what they took away, comma-separated; null when none.</summary>
    public string? Losses { get; set; }

    /// <summary>The harness that the token is bound to (<c>claude-code</c> …); null when it is bound to none.</summary>
    public string? Harness { get; set; }

    /// <summary>Whose the credential is that was lent to the provider: <c>platform</c>, <c>user</c> or <c>project</c>; null when none was lent.</summary>
    public string? CredentialOwner { get; set; }

    /// <summary>
    /// To whom usage at an endpoint of a person's own is put down (see <c>ProviderAttribution</c>); null for configured providers, whose name says it.
    /// </summary>
    public string? ProviderId { get; set; }

    /// <summary>
    /// Input tokens, cached ones included, that the user's budgets were charged with: what was reported, or the larger of that and the estimate where the
    /// answer broke off. Null when no budget was charged.
    /// </summary>
    public long? ChargedInput { get; set; }

    /// <summary>Output tokens that the user's budgets were charged with, as <see cref="ChargedInput"/>.</summary>
    public long? ChargedOutput { get; set; }

    /// <summary>What it cost by the prices in force when it ended, in nanodollars (10⁻⁹ US dollars); null when that is not known.</summary>
    public long? CostNanodollars { get; set; }

    /// <summary>What <see cref="CostNanodollars"/> is worth, or why there is none.</summary>
    public CostBasis CostBasis { get; set; }
}
