using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Gatehouse.Control.Logins;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Control.Api;

/// <summary>
/// The administration over HTTP: every route of <see cref="ApiRoutes"/>, over the same editors as the command line. Secrets go in and never
/// out. Thread-safe.
/// </summary>
public sealed partial class ControlApi
{
    private readonly ApiDesk _desk;
    private readonly ControlAuthentication _authenticate;
    private readonly ILogger<ControlApi> _logger;

    private readonly Func<IReadOnlyCollection<string>> _origins;

    private ControlApi(ApiDesk desk, ControlAuthentication authenticate, Func<IReadOnlyCollection<string>> origins, ILogger<ControlApi> logger) =>
        (_desk, _authenticate, _origins, _logger) = (desk, authenticate, origins, logger);

    /// <summary>Makes what serves the administration of a server: a <see cref="ControlPlane"/>.</summary>
    public static RequestDelegate Open(GatewayParts parts, ControlAuthentication authenticate, KeyProbes probes)
    {
        var configuration = parts.Configuration;
        var editors = new TenantEditors(
            parts.Store, parts.Keys, parts.Time, () => configuration.Current.Config.Workspaces.PrivateHosts, () => configuration.Current.Config.UserLimits);
        var tokens = new Tokens(new AccessStore(parts.Store), parts.Keys.TokenHasher, parts.Time);
        var version = typeof(ControlApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
        WorkspacesConfig Configured() => configuration.Current.Config.Workspaces;
        var broker = new CodexRefreshBroker(
            editors.Credentials,
            new LoginRefreshStore(parts.Store),
            new CodexTokenEndpoint(CodexTokenEndpoint.Sender(), () => Configured().CodexRefresh.TokenUrl ?? CodexTokenEndpoint.Vendor).CallAsync,
            () => RefreshRules.Of(Configured().CodexRefresh),
            parts.Time);
        var desk = new ApiDesk(editors, tokens, parts.Store, parts.Keys, parts.Environment, parts.Time, version, probes, broker, Configured)
        {
            Programs = parts.ProgramReports ?? (static () => []),
        };
        return new ControlApi(desk, authenticate, () => configuration.Current.Config.PublicOrigins, parts.Logging.CreateLogger<ControlApi>()).HandleAsync;
    }

    private async Task HandleAsync(HttpContext http)
    {
        ApiRoute? route = null;
        ApiAnswer answer;
        try
        {
            (route, answer) = await AnswerAsync(http);
        }
        catch (StoreException e)
        {
            LogStore(e);
            answer = ApiAnswer.Failed(503, "unavailable", "The database is busy or failing. Try again shortly.");
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(e);
            answer = ApiAnswer.Failed(500, "internal", "The gateway failed. Its log has the reason.");
        }

        await SendAsync(http, route, answer);
    }

    private async Task<(ApiRoute? Route, ApiAnswer Answer)> AnswerAsync(HttpContext http)
    {
        var request = http.Request;
        if (!SameOrigin.Is(request, _origins())) return (null, ApiAnswer.Failed(403, "foreign-origin", "Pages of other sites may not call this."));
        var segments = ApiPath.Segments(request);
        var matches = ApiRoutes.All.Select(one => (Route: one, Places: one.Match(segments))).Where(static one => one.Places is not null).ToList();
        if (matches.Count == 0) return (null, ApiAnswer.Failed(404, "no-route", "Nothing is served at this path. /api/openapi.json lists what is."));
        if (matches.Find(one => one.Route.Method == request.Method) is not { Route: { } route, Places: { } places })
        {
            http.Response.Headers.Allow = string.Join(", ", matches.Select(static one => one.Route.Method));
            return (null, ApiAnswer.Failed(405, "no-method", $"This path has {http.Response.Headers.Allow} only."));
        }

        if (route.IsOAuth) QueryToken.Take(request);
        var caller = route.Who == Opens.Everyone
            ? new ApiCaller(new Actor("", Gateway.Tenancy.UserRole.Member), null, null)
            : await ApiCaller.OfAsync(request, route.Who, _authenticate, _desk, http.RequestAborted);
        if (caller.Refusal is { } refusal) return (route, refusal);
        var query = request.Query.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString(), StringComparer.Ordinal);
        if (query.Keys.FirstOrDefault(name => !route.Query.Contains(name)) is not null)
            return (route, ApiAnswer.Failed(400, "invalid", route.Query.IsEmpty ? "This takes no query." : $"The query may hold {string.Join(", ", route.Query)} only."));
        var body = route.Body is null ? default : await ApiBody.ReadAsync(request, route.Body, http.RequestAborted);
        if (body.Refusal is { } bad) return (route, bad);
        if (route.AsksProviders && _desk.Validations.Refuse(caller.Actor!) is { } later) return (route, later);
        var origin = new Uri($"{SameOrigin.Scheme(request)}://{request.Host.Value}");
        return (route, await route.Handle(new ApiCall(
            _desk, caller.Actor!, caller.Token, places, query, body.Content, body.Raw, origin, http.RequestAborted)));
    }

    private static async Task SendAsync(HttpContext http, ApiRoute? route, ApiAnswer answer)
    {
        var response = http.Response;
        if (route is { IsOAuth: true }) answer = answer.InOAuth();
        response.StatusCode = answer.Status ?? route!.Status;
        if (answer.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (response.StatusCode == 401) response.Headers.WWWAuthenticate = "Bearer";
        if (response.StatusCode == 204) return;
        response.ContentType = answer switch
        {
            { Problem: not null } => "application/problem+json",
            { Csv: not null } => "text/csv; charset=utf-8",
            _ => "application/json",
        };
        var body = new ArrayBufferWriter<byte>(1024);
        if (answer.Csv is { } csv) Encoding.UTF8.GetBytes(csv, body);
        else WriteJson(body, answer);
        response.ContentLength = body.WrittenCount;
        await WholeAnswer.SendAsync(http, body.WrittenMemory);
    }

    private static void WriteJson(ArrayBufferWriter<byte> body, ApiAnswer answer)
    {
        using var json = new Utf8JsonWriter(body);
        if (answer.Write is { } write) write(json);
        else JsonSerializer.Serialize(json, answer.Problem ?? answer.Value, (answer.Problem ?? answer.Value)!.GetType(), ApiBody.Options);
    }
}
