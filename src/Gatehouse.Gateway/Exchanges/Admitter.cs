using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Decides whether a request becomes an exchange: whose it is, whether there is room, and whether its body says what it wants. What is
/// refused here has no row in the ledger; what passes has one whatever happens, and so has what a user asks for beyond the limit of requests. The token is
/// checked before the body is read, so that nobody without one can fill memory. Thread-safe.
/// </summary>
internal sealed class Admitter(
    ConfigSource configuration, Authenticator authenticator, RefusedCallers refused, WorkspaceDoor workspaces, ExchangeGate gate, BodyBudget bodies, Ledger ledger,
    UsageGuard guard, OwnedResponses owners,
    TimeProvider time)
{
    /// <summary>
    /// Bodies up to this size are scanned on the socket's own thread, in at most 60 µs (7 µs for 150 KB, less than receiving them took there); larger
    /// ones would stall the other streams on it. The way to another thread costs more than that, in latency above all.
    /// </summary>
    internal const int ScannedInline = 1536 * 1024;

    /// <summary>The same for bodies that are read into the index of a translation, which takes up to 40 µs.</summary>
    internal const int IndexedInline = 256 * 1024;

    private readonly ExchangeIds _ids = new();

    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan RetryWhenDraining = TimeSpan.FromSeconds(5);

    /// <summary>Lets a request in; null when it was refused and answered.</summary>
    public async ValueTask<Admitted?> AdmitAsync(HttpContext http, DataRoute route)
    {
        var accepted = time.GetTimestamp();
        var snapshot = configuration.Current;
        var limits = snapshot.Config.Limits;
        // No limit of a user's holds counting calls: however many there are, half of all room stays for calls that a model answers.
        var (places, room) = route.Counts
            ? ((limits.MaxConcurrentExchanges + 1) / 2, Math.Max(limits.MaxBodiesInMemoryBytes / 2, limits.MaxBodyBytes))
            : (limits.MaxConcurrentExchanges, limits.MaxBodiesInMemoryBytes);
        var entered = gate.TryEnter(places);
        if (entered != GateAnswer.Entered)
        {
            await RefuseAsync(http, route, Closed(entered), entered == GateAnswer.Full ? RetryWhenFull : RetryWhenDraining);
            return null;
        }

        RequestBody? body = null;
        BodyIndex? index = null;
        Admitted? admitted = null;
        var isInside = true;
        try
        {
            var auth = await authenticator.AuthenticateAsync(http.Request, inPath: route.PathToken);
            if (!auth.IsOk)
            {
                // Who has no token holds no place, not even by leaving the refusal unread.
                gate.Leave();
                isInside = false;
                refused.Tell(auth);
                await RefuseAsync(http, route, Unauthorised(auth), auth.Outcome == AuthOutcome.StoreUnavailable ? RetryWhenFull : null);
                return null;
            }

            if (workspaces.Refuse(auth.Token!) is { } closed)
            {
                await RefuseAsync(http, route, closed);
                return null;
            }

            // Agents count before they ask: that costs nothing against any limit.
            var full = route.Counts ? null : guard.Enter(auth.Token!, snapshot);
            var envelope = default(RequestEnvelope);
            if (route.HasBody && full is null)
            {
                if (Coding(http.Request) is { } coding)
                {
                    await RefuseAsync(http, route, coding);
                    return null;
                }

                (body, var fault) = await RequestBody.ReadAsync(
                    http.Request, limits.MaxBodyBytes, bodies, room, http.RequestAborted);
                if (body is null)
                {
                    await RefuseBodyAsync(http, route, fault, limits.MaxBodyBytes);
                    return null;
                }

                var isIndexed = TranslationGuess.IsLikely(body.Bytes.Span, route, snapshot.Routes);
                if (body.Bytes.Length > (isIndexed ? IndexedInline : ScannedInline)) await ThreadPoolHop.Instance;
                index = isIndexed ? BodyIndex.TryRead(body.Bytes) : null;
                envelope = EnvelopeScanner.Scan(body.Bytes.Span, index);
                if (EnvelopeErrors.Of(envelope, route.Operation) is { } error)
                {
                    await RefuseAsync(http, route, error);
                    return null;
                }
            }

            var exchange = new Exchange(http, route, ledger, owners, time, accepted, _ids)
            {
                Prices = snapshot.Prices,
                Account = guard.AccountOf(auth.Token!),
                Right = authenticator.RightOf(auth.Token!),
                Gate = gate,
            };
            admitted = new Admitted(exchange, auth.Token!, snapshot, body, envelope, gate) { Full = full, Index = index };
            Describe(admitted);
            exchange.Admit();
            return admitted;
        }
        finally
        {
            if (admitted is null)
            {
                index?.Dispose();
                body?.Dispose();
                if (isInside) gate.Leave();
            }
        }
    }

    private static void Describe(Admitted admitted)
    {
        var record = admitted.Exchange.Record;
        record.TokenId = admitted.Token.Id;
        record.UserId = admitted.Token.UserId;
        record.ProjectId = admitted.Token.ProjectId;
        record.WorkspaceId = admitted.Token.WorkspaceId;
        record.Harness = admitted.Token.Harness;
        record.RequestBytes = admitted.Body.Length;
        record.Stream = admitted.Envelope.Stream;
        admitted.Exchange.StoresResponse = admitted.Envelope.Store != false;
        if (admitted.Envelope.Model.Exists) record.ModelAsked = admitted.Text(admitted.Envelope.Model, admitted.Envelope.ModelEscaped);
        AgentHeaders.Read(admitted.Exchange.Headers, record);
    }

    private static Task RefuseAsync(HttpContext http, DataRoute route, DialectError error, TimeSpan? retryAfter = null) =>
        ErrorReply.SendAsync(http, route.Dialect, error, retryAfter: retryAfter);

    /// <summary>What a caller is told whose body, or what is made of it, there is no room for.</summary>
    internal static DialectError NoRoom => new(ErrorKind.Unavailable, "The gateway holds as many request bodies as it has room for. Try again in a moment.");

    private static Task RefuseBodyAsync(HttpContext http, DataRoute route, BodyFault fault, long max) => fault switch
    {
        BodyFault.TooLarge => RefuseAsync(http, route, new DialectError(
            ErrorKind.TooLarge, $"The request body is larger than {max:N0} bytes. Shorten the conversation, or raise limits.maxBodyBytes.")),
        BodyFault.NoRoom => RefuseAsync(http, route, NoRoom, RetryWhenFull),
        _ => RefuseAsync(http, route, new DialectError(
            ErrorKind.InvalidRequest, "The request body ended before it was complete, or its framing is broken.")),
    };

    private static DialectError Closed(GateAnswer answer) => answer == GateAnswer.Full
        ? new(ErrorKind.Unavailable, "The gateway serves as many requests at once as it may (limits.maxConcurrentExchanges). Try again in a moment.")
        : new(ErrorKind.Unavailable, "The gateway is shutting down. Try again in a moment.");

    /// <summary>The error for a request whose token does not open the data plane.</summary>
    internal static DialectError Unauthorised(AuthResult auth) => new(
        auth.Status switch { 403 => ErrorKind.Permission, 503 => ErrorKind.Unavailable, _ => ErrorKind.Authentication }, auth.Message);

    /// <summary>
    /// What is wrong with the codings of a body; null when it comes as it is, whole or in chunks. The server takes any coding whose chunks it can take apart, also
    /// where something else lies under them, and leaves it to its callers to see.
    /// </summary>
    private static DialectError? Coding(HttpRequest request)
    {
        var content = request.Headers.ContentEncoding.ToString();
        if (content.Length > 0 && !content.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return new(ErrorKind.UnsupportedMediaType, $"The request body is encoded as '{Shown(content)}'. Send it without content-encoding.");
        var transfer = request.Headers.TransferEncoding.ToString();
        return transfer.Length == 0 || transfer.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? null
            : new(ErrorKind.InvalidRequest, $"The transfer coding of the request is '{Shown(transfer)}'. Send its body with its length, or in chunks and nothing else.");
    }

    private static string Shown(string coding) => coding.Length > 20 ? coding[..20] : coding;
}
