using System.Collections.Immutable;
using System.Text;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Tap;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.SameDialect;
using Gatehouse.Gateway.Upstream;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// One try of an exchange at one target: the request as it will go upstream. The body is the caller's, byte for byte, but for the edits that
/// the target asks for: the model's name, the usage option of a chat stream, and the edits named in the provider's configuration.
/// </summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>The ledger's column holds more than the header may; both cut at a whole id.</summary>
    private const int LongestLosses = 1000;

    private readonly Target _target;
    private string? _upstreamLosses;

    private Attempt(Target target, UpstreamRequest request, UsageChunkFilter? filter, long started, EdgeRequest? translation = null)
    {
        Translation = translation;
        _target = target;
        Request = request;
        Filter = filter;
        Started = started;
    }

    /// <summary>What is sent.</summary>
    public UpstreamRequest Request { get; }

    /// <summary>Keeps the usage chunk that the caller did not ask for out of the answer; null when the caller gets everything.</summary>
    public UsageChunkFilter? Filter { get; }

    /// <summary>The translated request, when the provider does not speak the caller's dialect.</summary>
    public EdgeRequest? Translation { get; }

    /// <summary>Keeps the answer, when the gateway is to; else null.</summary>
    public TurnCapture? Capture { get; private init; }

    /// <summary>Makes another document of the one that the client would get; null when it gets that one.</summary>
    public DocumentFinish? Finish { get; private init; }

    /// <summary>Why the request can't be said in the provider's dialect; null when it can be sent.</summary>
    public DialectError? Refusal => Translation?.Refusal;

    /// <summary>Time stamp of the attempt's start.</summary>
    public long Started { get; }

    /// <summary>Puts the request into the dialect of a target that does not speak the caller's.</summary>
    public static async ValueTask<Attempt> TranslateAsync(Admitted admitted, Target target, TranslatedRequest translated, TimeProvider time)
    {
        var translation = await translated.TranslateAsync(admitted, target);
        return new Attempt(target, TranslatedRequest.Call(admitted, target, translation), null, time.GetTimestamp(), translation)
        {
            // The body is given back before the answer comes.
            Capture = translation.Refusal is null ? translated.Capture(admitted, target) : null,
            Finish = translation.Refusal is null ? translated.Finish(admitted) : null,
        };
    }

    /// <summary>Shapes the request for a target that speaks the caller's dialect.</summary>
    public static Attempt Of(Admitted admitted, Target target, TranslatedRequest translated, TimeProvider time)
    {
        var exchange = admitted.Exchange;
        var dialect = exchange.Route.Dialect;
        ref readonly var envelope = ref admitted.Envelope;
        // A host whose edit takes stream_options away must not get them from us either.
        var addsUsage = dialect == Dialect.OpenAiChat && envelope.Stream && envelope.IncludeUsage != true && target.Provider.RequestUsage
            && !target.Provider.Edits.Any(static e => e.Dialect == Dialect.OpenAiChat && e.RemoveFields.Contains("stream_options"));
        var (applied, losses) = (ImmutableArray<ProviderEdit>.Empty, (string?)null);
        ReadOnlyMemory<byte>[] body = exchange.Route.HasBody ? [admitted.Body] : [];
        var hasOwnState = exchange.Route.HasBody && dialect != Dialect.OpenAiChat && OwnState.MayBeIn(admitted.Body.Span);
        if (exchange.Route.HasBody && (target.Rename is not null || addsUsage || hasOwnState || !target.Provider.Edits.IsEmpty))
        {
            var edits = new BodyEdits();
            edits.Reset(admitted.Body);
            if (target.Rename is { } name && envelope.Model.Exists) edits.ReplaceModel(envelope, Encoding.UTF8.GetBytes(name));
            if (addsUsage) edits.SetIncludeUsage(envelope);
            var own = hasOwnState ? string.Join(',', translated.TakeOutOwnState(admitted, dialect, admitted.Body.Span, edits).Select(static l => l.Id)) : "";
            (applied, losses) = NamedEdits.Apply(target.Provider.Edits, dialect, exchange.Headers, admitted.Body.Span, edits);
            if (own.Length > 0) losses = losses is null ? own : $"{own},{losses}";
            body = NamedEdits.Segments(edits);
        }

        // The usage chunk can only be kept out of an answer that is not compressed, and to a login's refusal only then something can be added.
        var coding = addsUsage || target.Credential is { IsLogin: true } ? "identity" : AcceptEncoding.Negotiate(exchange.Http.Request.Headers[HeaderNames.AcceptEncoding]);
        var request = new UpstreamRequest
        {
            Provider = target.Provider,
            Dialect = dialect,
            Method = exchange.Route.Method,
            PathAndQuery = exchange.Route.UpstreamPath + ForwardedQuery.Of(exchange.Http.Request.QueryString.Value, admitted.Token),
            ClientHeaders = exchange.Headers,
            Body = body,
            Credential = target.Credential,
            AcceptEncoding = coding,
            Edits = applied,
            EditLosses = losses,
            SaysNothing = exchange.Route.Counts,
            Caller = exchange.CallerFor(target.Provider),
            GiveUp = exchange.TimeUp,
        };
        return new Attempt(target, request, addsUsage ? new UsageChunkFilter() : null, time.GetTimestamp());
    }

    /// <summary>Writes down what the upstream had no place for, and how long it let the call wait. Called before the client sees the answer's head.</summary>
    public void Hear(Exchange exchange, UpstreamAnswer answer)
    {
        exchange.Record.QueueMicros = answer.Queued?.Ticks / TimeSpan.TicksPerMicrosecond;
        if (answer.Losses is null) return;
        _upstreamLosses = answer.Losses;
        exchange.Record.Losses = Losses();
    }

    /// <summary>Writes down what was lost in the answer as well, now that it is there.</summary>
    public void DescribeLosses(Exchange exchange)
    {
        if (Translation is not null) exchange.Record.Losses = Losses();
    }

    /// <inheritdoc/>
    public void Dispose() => Translation?.Dispose();

    /// <summary>Writes down where this attempt goes.</summary>
    public void Describe(Exchange exchange)
    {
        var record = exchange.Record;
        exchange.UpstreamAddress = _target.Provider.IsTenant ? null : _target.Provider.Endpoints[Request.Dialect].BaseAddress;
        exchange.Lent = Request.Credential;
        record.Attempts++;
        record.Provider = _target.Provider.Name;
        record.UpstreamDialect = Request.Dialect;
        record.CredentialId = _target.Credential?.Id;
        record.CredentialSource = _target.Credential?.Source ?? "none";
        record.CredentialOwner = _target.Credential?.Owner;
        record.ProviderId = _target.ProviderId;
        record.ModelSent = _target.Rename ?? record.ModelAsked;
        record.Losses = Losses();
    }

    /// <summary>What the translation lost so far, behind it what the provider's edits took away, what a login has added, and what the upstream had no place for.</summary>
    private string? Losses()
    {
        var added = LoginBeta.IsAdded(Request.Credential, Request.ClientHeaders) ? LoginBeta.Name : null;
        var others = Joined(Joined(Request.EditLosses, added), _upstreamLosses);
        return Joined(Translation?.Losses.Joined(LongestLosses - (others?.Length + 1 ?? 0)), others);
    }

    private static string? Joined(string? first, string? second) => first is null ? second : second is null ? first : $"{first},{second}";
}
