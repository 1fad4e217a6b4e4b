using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Server;

/// <summary>The first to see a request: checks where it says that it wants to go, and hands it to the part that serves it. Thread-safe.</summary>
internal sealed partial class RequestDispatcher(
    ConfigSource configuration, Func<HostCheck> hosts, WorkspaceDoor workspaces, ExchangeHandler exchanges, ModelsEndpoint models,
    SystemEndpoints system, ILogger<RequestDispatcher> logger, RequestDelegate? control = null)
{
    /// <summary>
    /// Handles one request. Throws nothing but <see cref="BrokenStreamException"/>: a fault of ours that no part caught is logged, and
    /// answered in the caller's dialect where an answer is still possible.
    /// </summary>
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await DispatchAsync(http);
            if (!http.Response.HasStarted) await WholeAnswer.SendHeadAsync(http);
        }
        catch (BrokenStreamException)
        {
            EndLoudly(http);
            throw;
        }
        catch (Exception e) when (e is not BrokenStreamException && !http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(e);
            if (http.Response.HasStarted)
            {
                EndLoudly(http);
                throw new BrokenStreamException();
            }

            var error = new DialectError(ErrorKind.Internal, "The gateway failed before it could take this call up. Its log has the reason.");
            await ErrorReply.SendAsync(http, SystemEndpoints.DialectOf(http, http.Request.Path.Value ?? "/"), error);
        }
    }

    /// <summary>
    /// To HTTP/1.0 an answer of unknown length ends with its connection, so one that broke off would look whole. A reset, which may cost the last bytes, does not.
    /// </summary>
    private static void EndLoudly(HttpContext http)
    {
        if (HttpProtocol.IsHttp10(http.Request.Protocol) && http.Response.ContentLength is null) http.Abort();
    }

    private Task DispatchAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        // Probes come from orchestrators that address an instance by whatever name they have.
        if (SystemEndpoints.IsProbe(path)) return system.ProbeAsync(http, path);
        var ai = default(AiPath);
        if (AiPath.Holds(path))
        {
            ai = AiPath.Enter(http);
            path = http.Request.Path.Value!;
        }

        if (!hosts().Allows(http.Request.Host.Host)) return RefuseHostAsync(http, path);
        // Before other origins are let in: none is to the administration.
        if (control is not null && ControlDoor.Holds(path)) return control(http);
        if (Cors.Apply(http, configuration.Current.Config.CorsOrigins)) return Task.CompletedTask;

        var match = DataRoutes.Match(path, http.Request.Method);
        if (ai.IsAi)
        {
            // Thrown, the kill switch answers before anything else is looked at.
            if (match.Kind != PathKind.None && workspaces.Closed() is { } closed) return ErrorReply.SendAsync(http, SystemEndpoints.DialectOf(http, path), closed);
            match = match with { Route = match.Route with { PathToken = ai.Token } };
        }

        return match.Kind switch
        {
            PathKind.Exchange => exchanges.HandleAsync(http, match.Route),
            PathKind.Models => models.HandleAsync(http, match.Route, match.ModelId),
            PathKind.WrongMethod when match.IsOfModels => SystemEndpoints.WrongMethodAsync(http, ModelsEndpoint.DialectOf(http), match.Allow!),
            PathKind.WrongMethod when IsResponsesSocket(http, match.Route) => RefuseSocketAsync(http),
            PathKind.WrongMethod => SystemEndpoints.WrongMethodAsync(http, match.Route.Dialect, match.Allow!),
            _ => system.HandleAsync(http, path),
        };
    }

    // Codex tries a WebSocket first: 426 makes it fall back to HTTP after one attempt, any other status after seven.
    private static bool IsResponsesSocket(HttpContext http, DataRoute route) =>
        route.Dialect == Dialect.OpenAiResponses && http.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseSocketAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task RefuseHostAsync(HttpContext http, string path) => ErrorReply.SendAsync(
        http,
        SystemEndpoints.DialectOf(http, path),
        new DialectError(
            ErrorKind.Permission,
            "The Host header names neither an address that the gateway listens on nor a name in allowedHosts of its configuration.",
            "host_not_allowed"));
}
