using System.Buffers;
using System.Collections.Immutable;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// Answers <c>GET /v1/models</c> and <c>/v1/models/{id}</c> from memory, with what the token may use: in Anthropic's shape when
/// <c>anthropic-version</c> is sent or the path is under <c>/anthropic</c>, else in OpenAI's. No upstream is asked on the way,
/// but for a workspace that its user's own credential serves: what that provider lists. Thread-safe.
/// </summary>
internal sealed class ModelsEndpoint(
    Authenticator authenticator, RefusedCallers refusals, WorkspaceDoor door, ModelDirectory models, WorkspaceTargets workspaces, WorkspaceModels ownModels)
{
    private const int MostNear = 3;

    private static readonly Dialect[] s_openAi = [Dialect.OpenAiChat, Dialect.OpenAiResponses];
    private static readonly Dialect[] s_anthropic = [Dialect.Anthropic];

    /// <summary>Answers the list, or one model when an id is given.</summary>
    public async Task HandleAsync(HttpContext http, DataRoute route, string? id)
    {
        var isAnthropic = DialectOf(http) == Dialect.Anthropic;
        var body = new ArrayBufferWriter<byte>(4096);
        if (await WriteAsync(http, route, id, isAnthropic, body) is { } error)
        {
            await ErrorReply.SendAsync(http, DialectOf(http), error);
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.WrittenCount;
        if (!HttpMethods.IsHead(http.Request.Method)) await WholeAnswer.SendAsync(http, body.WrittenMemory);
    }

    /// <summary>In whose shape a caller wants its list, and what is wrong with asking for it.</summary>
    public static Dialect DialectOf(HttpContext http) =>
        http.Request.Headers.ContainsKey("anthropic-version") || http.Request.Path.StartsWithSegments("/anthropic") ? Dialect.Anthropic : Dialect.OpenAiChat;

    private async Task<DialectError?> WriteAsync(HttpContext http, DataRoute route, string? id, bool isAnthropic, IBufferWriter<byte> body)
    {
        var auth = await authenticator.AuthenticateAsync(http.Request, inPath: route.PathToken);
        if (!auth.IsOk)
        {
            refusals.Tell(auth);
            return Admitter.Unauthorised(auth);
        }

        var token = auth.Token!;
        if (door.Refuse(token) is { } closed) return closed;
        var spoken = isAnthropic ? s_anthropic : s_openAi;
        if (!WorkspaceDoor.Serves(token)) return Write(http, id, isAnthropic, Configured(id, spoken, token.AllowsModel), body);

        var service = workspaces.Find(token);
        if (service.Refusal is { } refused) return refused;
        if (service.Own is null)
            return Write(http, id, isAnthropic, Configured(id, spoken, name => token.AllowsModel(name) && workspaces.PlatformAllows(name)), body);
        var (own, problem) = await ownModels.ListAsync(service, http.RequestAborted);
        return problem ?? Write(http, id, isAnthropic, [.. own.Where(model => token.AllowsModel(model.Id))], body);
    }

    // Of one that is not there the whole list, for what is near to it.
    private ImmutableArray<ListedModel> Configured(string? id, Dialect[] spoken, Func<string, bool> allowed) =>
        id is not null && models.Find(Name(id), spoken, allowed) is { } one ? [one] : models.List(spoken, allowed);

    // What a client puts behind the name for its own use is no part of it: the model is told by the id that the list has, as a vendor tells an alias.
    private static string Name(string id) => id[..^ContextSuffix.Length(id)];

    private static DialectError? Write(HttpContext http, string? id, bool isAnthropic, ImmutableArray<ListedModel> listed, IBufferWriter<byte> body)
    {
        if (id is not null)
        {
            if (listed.FirstOrDefault(model => model.Id == Name(id)) is not { } one)
                return ModelListWriter.NotFound(id, NearestNames.Find(Name(id), listed.Select(static model => model.Id), MostNear));
            if (isAnthropic) ModelListWriter.WriteAnthropic(body, one);
            else ModelListWriter.WriteOpenAi(body, one);
            return null;
        }

        if (!isAnthropic)
        {
            ModelListWriter.WriteOpenAi(body, listed);
            return null;
        }

        var query = ModelListQuery.Parse(http.Request.Query, out var error);
        return error ?? ModelListWriter.WriteAnthropic(body, listed, query);
    }
}
