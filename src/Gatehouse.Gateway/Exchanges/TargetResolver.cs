using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Dialects.Translation.SameDialect;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Finds out where an exchange can be sent: by its model, or by the owner of the upstream state that it refers to. Thread-safe.</summary>
internal sealed class TargetResolver(
    Live<CredentialTable> credentials, OwnedResponses owners, TurnStore turns, ModelDirectory models, WorkspaceTargets workspaces)
{
    /// <summary>Resolves; at least one target, or the error to answer with.</summary>
    public async ValueTask<Resolution> ResolveAsync(Admitted admitted)
    {
        ref readonly var envelope = ref admitted.Envelope;
        if (envelope.Background) return Background();
        if (envelope.Conversation.Exists) return StateRefused("conversation");
        var service = WorkspaceDoor.Serves(admitted.Token) ? workspaces.Find(admitted.Token) : null;
        if (service?.Refusal is { } refused) return Resolution.Refuse(refused, refused.Code!);
        if (admitted.Exchange.Route.ResponseId is { } id) return await ByOwnerAsync(admitted, service, id, fromPath: true);
        if (envelope.PreviousResponseId.Exists)
        {
            var previous = admitted.Text(envelope.PreviousResponseId, escaped: true);
            if (previous.Length > ExchangeFields.LongTextLimit) return Resolution.Refuse(UnknownResponse(previous, fromPath: false), "response_not_found");
            // Written out they are a body like any other, and held to what those are held to.
            var isFull = false;
            var (known, chain) = await turns.ChainAsync(previous, admitted.Token, bytes => !(isFull = !admitted.TryTake(bytes)));
            if (isFull) return Resolution.Refuse(Admitter.NoRoom, "bodies_full");
            if (known && chain.Count > 0) return Continue(admitted, service, previous, chain);
            admitted.MayBeKept = !known;
            return await ByOwnerAsync(admitted, service, previous, fromPath: false);
        }

        return ByModel(admitted, service);
    }

    /// <summary>
    /// A turn that the gateway keeps goes on wherever the model is reached by translation. A provider that speaks the caller's dialect keeps its own
    /// turns and could make nothing of ours, whose thoughts are another provider's.
    /// </summary>
    private Resolution Continue(Admitted admitted, WorkspaceService? service, string previous, IReadOnlyList<StoredTurn> chain)
    {
        // A call that may leave its model to what it continues.
        admitted.Exchange.Record.ModelAsked ??= ResponsesTurns.ModelOf(chain[^1].Response);
        if (admitted.Exchange.Record.ModelAsked is null || !admitted.TryContinue(previous, chain)) return Resolution.Refuse(UnknownResponse(previous, fromPath: false), "response_not_found");
        if (admitted.Whole.Length > admitted.Snapshot.Config.Limits.MaxBodyBytes) return TooLong(admitted.Snapshot.Config.Limits.MaxBodyBytes);
        var resolution = ByModel(admitted, service);
        var translated = resolution.Targets.Where(static t => t.Edge is { } edge && edge.Client != edge.Upstream).ToList();
        return resolution.Error is not null || translated.Count > 0 ? resolution with { Targets = translated } : Resolution.Refuse(
            new DialectError(
                ErrorKind.InvalidRequest,
                $"Response '{previous}' was made by another kind of provider than the one that serves this model. Send the conversation's items instead of previous_response_id.",
                "previous_response_not_found",
                "previous_response_id"),
            "response_not_found");
    }

    private Resolution ByModel(Admitted admitted, WorkspaceService? service)
    {
        var asked = admitted.Exchange.Record.ModelAsked!;
        var dialect = admitted.Exchange.Route.Dialect;
        if (Forbidden(admitted.Token, service, asked) is { } forbidden) return Resolution.Refuse(NotAllowed(forbidden), "model_not_allowed");
        if (service?.Own is not null) return WorkspaceTargets.Targets(admitted, service);
        var match = admitted.Snapshot.Routes.Match(asked);
        if (!match.Found) return Resolution.Refuse(NotFound(admitted, service, asked), "model_not_found");

        var ways = match.Ways(dialect);
        if (ways.IsEmpty) return Resolution.Refuse(match.WrongDialect(dialect), "dialect_not_supported");
        var targets = new List<Target>(ways.Length);
        var table = credentials.Current;
        Provider? withoutKey = null;
        foreach (var (candidate, upstream) in ways)
        {
            if (upstream != dialect && !IsTranslated(admitted.Exchange.Route.Operation)) continue;
            var credential = table.Find(candidate.Provider.Name);
            if (credential is null && candidate.Provider.NeedsKey(upstream)) withoutKey ??= candidate.Provider;
            else targets.Add(new Target(candidate.Provider, credential, match.Rename(candidate), EdgeFor(admitted, candidate.Provider, upstream)));
        }

        if (targets.Count > 0) return new Resolution(targets, null, null);
        return withoutKey is not null ? NoCredential(withoutKey, table.LoginOf(withoutKey.Name)) : Resolution.Refuse(match.WrongDialect(dialect), "dialect_not_supported");
    }

    /// <summary>What lies between the caller and a provider: a translation, a change of form where the provider knows only the other one, or nothing.</summary>
    internal static Edge? EdgeFor(Admitted admitted, Provider provider, Dialect upstream)
    {
        var route = admitted.Exchange.Route;
        if (upstream != route.Dialect) return EdgeSet.Find(route.Dialect, upstream);
        var otherForm = provider.Answers == (admitted.Envelope.Stream ? AnswerForm.Json : AnswerForm.Stream);
        var writes = route.Operation is ExchangeOperation.Messages or ExchangeOperation.ChatCompletions or ExchangeOperation.Responses;
        return otherForm && writes ? FormEdge.Of(upstream) : null;
    }

    /// <summary>Calls that make the model write, or count what it would read; what lists or fetches goes where its own dialect is spoken.</summary>
    internal static bool IsTranslated(ExchangeOperation operation) => operation is ExchangeOperation.Messages or ExchangeOperation.ChatCompletions
        or ExchangeOperation.Responses or ExchangeOperation.ResponsesCompact or ExchangeOperation.CountTokens or ExchangeOperation.ResponsesInputTokens;

    private async ValueTask<Resolution> ByOwnerAsync(Admitted admitted, WorkspaceService? service, string responseId, bool fromPath)
    {
        var (known, owner) = await owners.FindAsync(responseId);
        // A foreign id is answered like an unknown one: nobody may learn which ids exist.
        var isOwn = owner is not null && IsOwnedBy(owner, admitted.Token);
        if (!known || (!isOwn && admitted.MayBeKept))
        {
            return Resolution.Refuse(
                new DialectError(ErrorKind.Unavailable, "Who owns this response could not be looked up just now. Try again in a moment."), "store_unavailable");
        }

        if (!isOwn) return Resolution.Refuse(UnknownResponse(responseId, fromPath), "response_not_found");
        admitted.Exchange.ContinuesUpstream = true;
        var own = service?.Own?.Provider;
        var provider = own is null ? admitted.Snapshot.FindProvider(owner!.Provider) : owner!.Provider == own.Name ? own : null;
        var credential = provider is null ? null : own is null ? credentials.Current.Find(provider.Name) : service!.Key;
        if (provider is null || !provider.Endpoints.ContainsKey(Dialect.OpenAiResponses) || credential?.Id != owner.CredentialId)
        {
            // The state lives with the key that made it; another key would get the vendor's not-found error anyway.
            return Resolution.Refuse(UnknownResponse(responseId, fromPath), "response_not_found");
        }

        // What an answer is continued with is asked for like anything else.
        if (admitted.Exchange.Record.ModelAsked is { } asked && Forbidden(admitted.Token, service, asked) is { } forbidden)
            return Resolution.Refuse(NotAllowed(forbidden), "model_not_allowed");
        var target = own is null
            ? new Target(provider, credential, Rename(admitted, provider))
            : WorkspaceTargets.Target(admitted, service!, Dialect.OpenAiResponses);
        return new Resolution([target], null, null);
    }

    /// <summary>A response is its asker's: the user's where the token has one, else that one token's.</summary>
    private static bool IsOwnedBy(ResponseOwner owner, AccessToken token) =>
        owner.UserId is { } user ? user == token.UserId : owner.TokenId == token.Id;

    private static string? Rename(Admitted admitted, Provider provider)
    {
        if (admitted.Exchange.Record.ModelAsked is not { } asked) return null;
        var match = admitted.Snapshot.Routes.Match(asked);
        foreach (var candidate in match.For(Dialect.OpenAiResponses))
        {
            if (candidate.Provider.Name == provider.Name) return match.Rename(candidate);
        }

        return null;
    }

    private DialectError NotFound(Admitted admitted, WorkspaceService? service, string asked) =>
        RouteTable.NotFound(asked, models.Closest(asked, 3, name => Forbidden(admitted.Token, service, name) is null), !admitted.Snapshot.Routes.Patterns.IsEmpty);

    /// <summary>The model's name, less what the client put behind it, when the caller may not use it; null when it may. Costs nothing where all are allowed.</summary>
    private string? Forbidden(AccessToken token, WorkspaceService? service, string asked)
    {
        if (token.Models is null && (service is null || service.Own is not null)) return null;
        var suffix = ContextSuffix.Length(asked);
        var model = suffix == 0 ? asked : asked[..^suffix];
        return token.AllowsModel(model) && (service is null || service.Own is not null || workspaces.PlatformAllows(model)) ? null : model;
    }

    private static DialectError NotAllowed(string model) => new(
        ErrorKind.Permission, $"This token may not use model '{model}'. GET /v1/models lists the ones that it may.", "model_not_allowed", "model");

    private static Resolution NoCredential(Provider provider, ClaudeLogin? login) => login is { Problem: { } problem }
        // Permission rather than unavailability: agents repeat that for minutes before they show a word of it, and a person has to act.
        ? Resolution.Refuse(new DialectError(ErrorKind.Permission, problem, "login_" + login.Word), "login_" + login.Word)
        : NoKey(provider);

    private static Resolution NoKey(Provider provider) => Resolution.Refuse(
        new DialectError(
            ErrorKind.Unavailable,
            $"Gatehouse has no key for provider '{provider.Name}'. Add one with: gatehouse credential add {provider.Name}",
            "credential_missing"),
        "credential_missing");

    private static Resolution Background() => Resolution.Refuse(
        new DialectError(
            ErrorKind.InvalidRequest,
            "Background responses are kept with the provider's account, which is shared here. Ask with \"background\": false.",
            "background_not_supported",
            "background"),
        "background_not_supported");

    private static Resolution StateRefused(string param) => Resolution.Refuse(
        new DialectError(
            ErrorKind.InvalidRequest,
            $"'{param}' refers to state kept with the provider's account, which is shared here. Send the conversation's items, or previous_response_id.",
            "upstream_state_not_supported",
            param),
        "upstream_state_not_supported");

    private static Resolution TooLong(long most) => Resolution.Refuse(
        new DialectError(
            ErrorKind.TooLarge,
            $"With the conversation that it continues, the request is larger than {most:N0} bytes. Shorten the conversation, or raise limits.maxBodyBytes."),
        "conversation_too_large");

    private static DialectError UnknownResponse(string id, bool fromPath)
    {
        var shown = id.Length > 200 ? id[..200] + "…" : id;
        return fromPath
            ? new(ErrorKind.NotFound, $"Response with id '{shown}' not found.")
            : new(ErrorKind.InvalidRequest, $"Previous response with id '{shown}' not found.", "previous_response_not_found", "previous_response_id");
    }
}
