using System.Diagnostics.CodeAnalysis;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// One client request from admission until its usage is settled. Owned by the handler that made it, used by one thread at a time. It is
/// settled exactly once: the first call decides, later ones do nothing.
/// </summary>
internal sealed class Exchange
{
    private readonly Ledger _ledger;
    private readonly OwnedResponses _owners;
    private readonly TimeProvider _time;
    private readonly long _accepted;
    private bool _settled;

    public Exchange(HttpContext http, DataRoute route, Ledger ledger, OwnedResponses owners, TimeProvider time, long accepted, ExchangeIds ids)
    {
        Http = http;
        Headers = CallerHeaders.Of(http.Request.Headers);
        Aborted = http.RequestAborted;
        Route = route;
        _ledger = ledger;
        _owners = owners;
        _time = time;
        _accepted = accepted;
        var started = time.GetUtcNow() - time.GetElapsedTime(accepted);
        Record = new ExchangeRecord
        {
            Id = ids.Next(started),
            StartedAtMicros = started.ToUnixTimeMilliseconds() * 1000 + started.Microsecond,
            ClientDialect = route.Dialect,
            Operation = route.Operation,
        };
    }

    /// <summary>The client's request and the answer to it.</summary>
    public HttpContext Http { get; }

    /// <summary>The headers of the request, as it came.</summary>
    public CallerHeaders Headers { get; }

    /// <summary>Cancelled when the client goes. Asked for once: the server takes a lock for each answer.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>Which call it is.</summary>
    public DataRoute Route { get; }

    /// <summary>What the ledger will keep.</summary>
    public ExchangeRecord Record { get; }

    /// <summary>Whether the provider keeps the answer under its id (<c>store</c> is not false), so that its owner must be known.</summary>
    public bool StoresResponse { get; set; }

    /// <summary>Whether it continues what its provider keeps, so that the body is not all of its input.</summary>
    public bool ContinuesUpstream { get; set; }

    /// <summary>Input tokens as estimated from a translated request's body, before correction; 0 when nobody estimated.</summary>
    public long EstimatedInput { get; set; }

    /// <summary>The books of the user whose exchange it is; null when the token has no user.</summary>
    public UserAccount? Account { get; init; }

    /// <summary>What it holds of the user's budgets.</summary>
    public BudgetHold Held { get; private set; }

    /// <summary>Whether the caller's token still lets the exchange go on.</summary>
    public TokenRight Right { get; init; }

    /// <summary>The gate that it came through; null where it came through none.</summary>
    public ExchangeGate? Gate { get; init; }

    /// <summary>Cancelled when Gatehouse stops and the time that running exchanges have is up.</summary>
    public CancellationToken TimeUp => Gate?.TimeUp ?? default;

    /// <summary>What models cost, to price the exchange when it ends; null leaves it without a cost.</summary>
    public PriceTable? Prices { get; init; }

    /// <summary>The address of the provider that was tried last; null when none was, or when it is a user's own, which is told to nobody.</summary>
    public Uri? UpstreamAddress { get; set; }

    /// <summary>The credential lent to the provider that was tried last; null when it was called without one.</summary>
    public ProviderCredential? Lent { get; set; }

    /// <summary>Whether the ledger has its final row.</summary>
    public bool IsSettled => _settled;

    /// <summary>Journals the admission: from here on there will be a row, whatever happens.</summary>
    public void Admit() => _ledger.Admit(Record);

    /// <summary>
    /// Notes what was set aside for it in its account, and journals that: should Gatehouse die now, the interrupted row is charged with it.
    /// </summary>
    public void Hold(in BudgetHold held)
    {
        Held = held;
        (Record.ChargedInput, Record.ChargedOutput) = (held.Input, held.Output);
        if (held.CostNanodollars > 0) (Record.CostNanodollars, Record.CostBasis) = (held.CostNanodollars, CostBasis.Estimated);
        _ledger.Admit(Record);
    }

    /// <summary>Microseconds since the request was accepted.</summary>
    public long ElapsedMicros() => ElapsedMicros(_time.GetTimestamp());

    /// <summary>Microseconds between the acceptance of the request and a time stamp.</summary>
    public long ElapsedMicros(long now) => _time.GetElapsedTime(_accepted, now).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>
    /// Words of the provider's as they may be written down, counted and logged: should they quote the key that it was lent, masked. The same object where they do not.
    /// </summary>
    [return: NotNullIfNotNull(nameof(told))]
    public string? Noted(string? told) => told is null || Lent is null ? told : Lent.Mask.MaskHeader(told);

    /// <summary>Takes over what a tap has read of an answer.</summary>
    public void TakeFacts(ResponseFacts facts, bool complete)
    {
        // Counting calls and answers fetched again tell figures that are no consumption of their own.
        if (Route.Operation is ExchangeOperation.Messages or ExchangeOperation.ChatCompletions or ExchangeOperation.Responses or ExchangeOperation.ResponsesCompact)
        {
            Record.Usage = facts.Usage;
            Record.UsageSource = facts.Usage.IsEmpty ? UsageSource.None : complete ? UsageSource.Upstream : UsageSource.Partial;
            Record.ServerTools = facts.ServerTools is { Count: > 0 } tools ? Noted(ServerToolCounts.ToJson(tools)) : null;
        }

        // What a translated call brought is kept by the gateway, under an id of its own.
        Record.OwnsResponse = Route.Operation == ExchangeOperation.Responses && Record.UpstreamDialect == Dialect.OpenAiResponses
            && facts.ResponseId is not null && StoresResponse;
        Record.ResponseId = Noted(facts.ResponseId);
        Record.ModelUsed = Noted(facts.Model);
        Record.StopReason = Noted(facts.StopReason);
        Record.ServiceTier = Noted(facts.ServiceTier);
        Record.ErrorType = Noted(facts.ErrorType) ?? Record.ErrorType;
    }

    /// <summary>Who asks, where the provider is a program and must keep conversations apart; else null.</summary>
    public UpstreamCaller? CallerFor(Provider provider) => provider.Program is null
        ? null
        : new UpstreamCaller(Record.TokenId ?? Guid.Empty, Record.SessionId, Http.Request.Headers[UpstreamCaller.ProfileHeader].ToString() is { Length: > 0 } profile ? profile : null);

    /// <summary>
    /// Journals the end and remembers whose a stored response is. Called before the client can see the end, so that a crash right after it loses no row
    /// and a caller who continues the response at once is known as its owner.
    /// </summary>
    public void Settle(ExchangeEnd end)
    {
        if (_settled) return;
        _settled = true;

        // Whom a stop cuts off has not gone of their own accord.
        if (end == ExchangeEnd.ClientGone && Gate is { IsTimeUp: true }) (end, Record.ErrorType) = (ExchangeEnd.Interrupted, "shutdown");
        Record.End = end;
        Record.DurationMicros = ElapsedMicros();
        if (Account is not null) BudgetCharge.Charge(Record, Held);
        if (Prices is not null) ExchangeCost.Settle(Record, Prices);
        if (Account is not null) BudgetCharge.Book(Record, Held, Account);
        _ledger.Settle(Record);
        if (ResponseOwner.Of(Record) is { } owner) _owners.Remember(owner);
    }

    /// <summary>Settles and answers that Gatehouse stops and the time is up. Only while nothing has been sent.</summary>
    public Task StopAsync() =>
        FailAsync(UpstreamFailure.Stopping.Error, UpstreamFailure.Stopping.End, UpstreamFailure.Stopping.Type, Admitter.RetryWhenDraining);

    /// <summary>Settles and answers with an error of our own.</summary>
    public Task FailAsync(DialectError error, ExchangeEnd end, string errorType, TimeSpan? retryAfter = null)
    {
        Record.ErrorType = errorType;
        Record.Status = error.StatusFor(Route.Dialect);
        Settle(end);
        return ErrorReply.SendAsync(Http, Route.Dialect, error, Record.Id, retryAfter);
    }
}
