using System.Buffers;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// Answers <c>GET /v1/models</c> and <c>/v1/models/{id}</c> from memory, with what the token may use: in Anthropic's shape when
/// <c>anthropic-version</c> is sent or the path is under <c>/anthropic</c>, else in OpenAI's. No upstream is asked on the way. Thread-safe.
/// </summary>
internal sealed class ModelsEndpoint(Authenticator authenticator, ModelDirectory models)
{
    private static readonly Dialect[] s_openAi = [Dialect.OpenAiChat, Dialect.OpenAiResponses];
    private static readonly Dialect[] s_anthropic = [Dialect.Anthropic];

    /// <summary>Answers the list, or one model when an id is given.</summary>
    public async Task HandleAsync(HttpContext http, DataRoute route, string? id)
    {
        var isAnthropic = http.Request.Headers.ContainsKey("anthropic-version") || http.Request.Path.StartsWithSegments("/anthropic");
        var dialect = isAnthropic ? Dialect.Anthropic : Dialect.OpenAiChat;
        var auth = await authenticator.AuthenticateAsync(http.Request, inPath: route.PathToken);
        if (!auth.IsOk)
        {
            await ErrorReply.SendAsync(http, dialect, Admitter.Unauthorised(auth));
            return;
        }

        var body = new ArrayBufferWriter<byte>(4096);
        var error = id is null ? WriteList(http, auth.Token!, isAnthropic, body) : WriteOne(id, auth.Token!, isAnthropic, body);
        if (error is not null)
        {
            await ErrorReply.SendAsync(http, dialect, error);
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.WrittenCount;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    private DialectError? WriteList(HttpContext http, AccessToken token, bool isAnthropic, IBufferWriter<byte> body)
    {
        if (!isAnthropic)
        {
            ModelListWriter.WriteOpenAi(body, models.List(s_openAi, token.AllowsModel));
            return null;
        }

        var query = ModelListQuery.Parse(http.Request.Query, out var error);
        return error ?? ModelListWriter.WriteAnthropic(body, models.List(s_anthropic, token.AllowsModel), query);
    }

    private DialectError? WriteOne(string id, AccessToken token, bool isAnthropic, IBufferWriter<byte> body)
    {
        if (models.Find(id, isAnthropic ? s_anthropic : s_openAi, token.AllowsModel) is not { } model) return ModelListWriter.NotFound(id);
        if (isAnthropic) ModelListWriter.WriteAnthropic(body, model);
        else ModelListWriter.WriteOpenAi(body, model);
        return null;
    }
}
