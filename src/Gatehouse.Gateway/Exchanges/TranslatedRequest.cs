using System.Buffers;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Dialects.Translation.SameDialect;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Makes the upstream's request of a call whose dialect the provider does not speak. Of the caller's headers only those that mean the same to any provider go
/// along: the others (versions, betas, an SDK's own) speak of a dialect that the upstream never sees. Thread-safe.
/// </summary>
internal sealed class TranslatedRequest(KeyRing keys, ReasoningStore reasoning, TokenCalibration calibration, TurnStore turns)
{
    private static readonly RequestHeaderName s_contentType = RequestHeaderName.Of(HeaderNames.ContentType);
    private static readonly RequestHeaderName s_accept = RequestHeaderName.Of(HeaderNames.Accept);
    private static readonly RequestHeaderName s_version = RequestHeaderName.Of("anthropic-version");

    /// <summary>
    /// Translates the body for a target that has an edge. Where the translation missed what the model thought before tool calls that are not in memory, they are
    /// looked up, briefly, and it is made once more if they were found: that is so after a restart, or when another gateway carried the last turn.
    /// </summary>
    public async ValueTask<EdgeRequest> TranslateAsync(Admitted admitted, Target target)
    {
        var memory = reasoning.For(admitted.Token.Id, target.Provider.Name, Sent(admitted, target), target.Credential?.Id);
        var request = Translate(admitted, target, memory);
        // What is found may let the model think, and so be asked for more: once more at most.
        for (var again = 0; again < 2 && await memory.LookUpAsync(); again++)
        {
            request.Dispose();
            request = Translate(admitted, target, memory);
        }

        // Another target is rare, and 30 KB that lie idle until the answer comes are cold memory for the next call.
        admitted.Index?.Dispose();
        return request;
    }

    private static string Sent(Admitted admitted, Target target) => target.Rename ?? admitted.Exchange.Record.ModelAsked!;

    private EdgeRequest Translate(Admitted admitted, Target target, ReasoningPart memory)
    {
        var record = admitted.Exchange.Record;
        var asked = record.ModelAsked!;
        var sent = Sent(admitted, target);
        var credential = target.Credential?.Id;
        if (target.Edge!.Client == Dialect.OpenAiResponses && target.Edge.Upstream != Dialect.OpenAiResponses) admitted.PrepareFor(Compactions(admitted));
        var traits = admitted.Snapshot.Traits.Find(target.Provider, target.Edge!.Upstream, sent);
        var context = new EdgeContext
        {
            ExchangeId = record.Id,
            Created = record.StartedAtMicros / 1_000_000,
            ModelAsked = asked,
            ModelSent = sent,
            ClientStreams = admitted.Envelope.Stream,
            UpstreamStreams = target.Provider.Answers switch
            {
                AnswerForm.Stream => true,
                AnswerForm.Json => false,
                _ => admitted.Envelope.Stream,
            },
            Traits = traits,
            AsksUsage = target.Provider.RequestUsage,
            Estimate = tokens => calibration.Correct(sent, admitted.Exchange.EstimatedInput = tokens),
            EstimatesAtOnce = TellsEstimate(admitted, target.Edge) || calibration.IsDue(sent),
            MeasuredInput = admitted.Exchange.EstimatedInput is > 0 and var measured ? measured : null,
            Seal = new SealedState(keys, target.Provider.Name, sent, credential),
            Memory = memory,
            Session = record.SessionId,
            Read = admitted.Index,
        };
        return target.Edge.Client == target.Edge.Upstream ? ChangeForm(admitted, target.Edge, context) : target.Edge.Translate(admitted.Whole.Span, context);
    }

    /// <summary>Whether the caller is told an estimate of its input whatever the upstream reports: at the start of a Messages stream, and where it asks for nothing else.</summary>
    private static bool TellsEstimate(Admitted admitted, Edge edge) =>
        admitted.Exchange.Route.Counts || (edge.Client == Dialect.Anthropic && admitted.Envelope.Stream);

    private EdgeRequest ChangeForm(Admitted admitted, Edge edge, EdgeContext context)
    {
        var body = admitted.Whole;
        if (!OwnState.MayBeIn(body.Span)) return edge.Translate(body.Span, context);
        var edits = new BodyEdits();
        edits.Reset(body);
        var losses = TakeOutOwnState(admitted, edge.Upstream, body.Span, edits);
        var cut = new ArrayBufferWriter<byte>(Math.Max(1, edits.Length));
        edits.CopyTo(cut);
        var request = edge.Translate(cut.WrittenSpan, context);
        foreach (var loss in losses) request.Losses.Add(loss);
        return request;
    }

    /// <summary>Takes out of a body for a provider of the caller's own dialect what only a translation could use; gives what was lost.</summary>
    public IReadOnlyList<Loss> TakeOutOwnState(Admitted admitted, Dialect dialect, ReadOnlySpan<byte> body, BodyEdits edits) =>
        OwnState.TakeOut(dialect, body, Compactions(admitted), edits);

    /// <summary>Makes a compact call's answer of the model's summary; null for other calls.</summary>
    public DocumentFinish? Finish(Admitted admitted)
    {
        if (admitted.Exchange.Route.Operation != ExchangeOperation.ResponsesCompact) return null;
        // The body is given back before the answer comes.
        var (asked, seal, record) = (admitted.Body.ToArray(), Compactions(admitted), admitted.Exchange.Record);
        return (document, answer) =>
            ResponsesCompaction.TryWriteAnswer(asked, document, seal, record.Id, record.StartedAtMicros / 1_000_000, answer);
    }

    /// <summary>Takes down the answer where its caller may continue it later; null where nothing is to be kept.</summary>
    public TurnCapture? Capture(Admitted admitted, Target target) =>
        target.Edge?.Upstream != Dialect.OpenAiResponses && admitted.Exchange.Route.Operation == ExchangeOperation.Responses && admitted.Exchange.StoresResponse ? TurnCapture.Begin(turns, admitted) : null;

    /// <summary>The call that carries a translated body.</summary>
    public static UpstreamRequest Call(Admitted admitted, Target target, EdgeRequest request) => Call(
        admitted, target, request, Path(target.Edge!.Upstream), request.Body.WrittenMemory,
        request.Context.UpstreamStreams ? "text/event-stream" : "application/json");

    /// <summary>The call that counts a translated body by the vendor's counter. How it fares says nothing about the provider.</summary>
    public static UpstreamRequest Count(Admitted admitted, Target target, EdgeRequest request, ReadOnlyMemory<byte> body)
    {
        var operation = target.Edge!.Upstream == Dialect.Anthropic ? ExchangeOperation.CountTokens : ExchangeOperation.ResponsesInputTokens;
        return Call(admitted, target, request, new DataRoute(operation, null).UpstreamPath, body, "application/json");
    }

    private static UpstreamRequest Call(
        Admitted admitted, Target target, EdgeRequest request, string path, ReadOnlyMemory<byte> body, string accept)
    {
        var isSameDialect = target.Edge!.Client == target.Edge.Upstream;
        var headers = Headers(admitted.Exchange.Headers, target.Edge, request, accept);
        var (applied, losses, pieces) = (ImmutableArray<ProviderEdit>.Empty, (string?)null, new[] { body });
        if (!target.Provider.Edits.IsEmpty && !body.IsEmpty)
        {
            var edits = new BodyEdits();
            edits.Reset(body);
            (applied, losses) = NamedEdits.Apply(target.Provider.Edits, target.Edge.Upstream, headers, body.Span, edits);
            pieces = NamedEdits.Segments(edits);
        }

        return new UpstreamRequest
        {
            Provider = target.Provider,
            Dialect = target.Edge.Upstream,
            Method = "POST",
            PathAndQuery = isSameDialect ? path + ForwardedQuery.Of(admitted.Exchange.Http.Request.QueryString.Value, admitted.Token) : path,
            ClientHeaders = headers,
            Body = pieces,
            Edits = applied,
            EditLosses = losses,
            Credential = target.Credential,
            AcceptEncoding = "identity",
            SaysNothing = admitted.Exchange.Route.Counts,
            Caller = admitted.Exchange.CallerFor(target.Provider),
            GiveUp = admitted.Exchange.TimeUp,
        };
    }

    private static CallerHeaders Headers(CallerHeaders given, Edge edge, EdgeRequest request, string accept)
    {
        var isSameDialect = edge.Client == edge.Upstream;
        var lines = new List<CallerHeader>(isSameDialect ? given.Lines.Length + 2 : 6);
        foreach (ref readonly var line in given.Lines)
        {
            if (isSameDialect ? !IsNamed(line, s_contentType) && !IsNamed(line, s_accept) : IsCarried(line)) lines.Add(line);
        }

        lines.Add(new CallerHeader(s_contentType, "application/json"));
        lines.Add(new CallerHeader(s_accept, accept));
        if (edge.Upstream == Dialect.Anthropic && !isSameDialect) lines.Add(new CallerHeader(s_version, "2023-06-01"));
        foreach (var (name, value) in request.Headers) lines.Add(new CallerHeader(RequestHeaderName.Of(name), value));
        return CallerHeaders.Of(lines);
    }

    private static bool IsCarried(in CallerHeader line) =>
        line.Name.Part == HeaderPart.Program || line.Name.Text.Equals(HeaderNames.AcceptLanguage, StringComparison.OrdinalIgnoreCase);

    private static bool IsNamed(in CallerHeader line, RequestHeaderName name) => line.Name.Text.Equals(name.Text, StringComparison.OrdinalIgnoreCase);

    /// <summary>A summary is its asker's, whichever provider wrote it and whichever goes on from it.</summary>
    private SealedState Compactions(Admitted admitted) =>
        new(keys, "compaction", admitted.Token.UserId ?? "", admitted.Token.UserId is null ? admitted.Token.Id.ToString("N") : null);

    private static string Path(Dialect upstream) => upstream switch
    {
        Dialect.Anthropic => new DataRoute(ExchangeOperation.Messages, null).UpstreamPath,
        Dialect.OpenAiChat => new DataRoute(ExchangeOperation.ChatCompletions, null).UpstreamPath,
        _ => new DataRoute(ExchangeOperation.Responses, null).UpstreamPath,
    };
}
