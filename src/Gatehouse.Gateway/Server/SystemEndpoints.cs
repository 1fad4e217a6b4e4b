using System.Buffers;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// What is not the data plane: who answers here, whether it lives and can serve, how its providers are, and its metrics. Thread-safe.
/// </summary>
internal sealed class SystemEndpoints(ConfigSource configuration, Authenticator authenticator, ServerState state, GatewayMetrics metrics)
{
    private const int LongestMethod = 16;
    private const string Calls = "Calls are POST /v1/messages, /v1/chat/completions and /v1/responses, and GET /v1/models.";

    /// <summary>Whether the path is a probe, which skips the host check.</summary>
    public static bool IsProbe(string path) => path is "/healthz" or "/readyz";

    /// <summary>Answers a probe. Alive is the only ground for a restart; not ready only means: send no traffic now.</summary>
    public Task ProbeAsync(HttpContext http, string path)
    {
        if (!Reads(http)) return WrongMethodAsync(http, DialectOf(http, path), "GET, HEAD");
        if (path == "/healthz") return SendJsonAsync(http, 200, static json => json.WriteString("status", "alive"));
        var reasons = state.NotReadyReasons();
        return SendJsonAsync(http, reasons.Count == 0 ? 200 : 503, json =>
        {
            json.WriteBoolean("ready", reasons.Count == 0);
            json.WriteStartArray("reasons");
            foreach (var reason in reasons) json.WriteStringValue(reason);
            json.WriteEndArray();
        });
    }

    /// <summary>Answers everything else, or says in the caller's likely dialect that there is nothing here.</summary>
    public Task HandleAsync(HttpContext http, string path)
    {
        Func<Task>? answer = path switch
        {
            "/" or "/anthropic" or "/openai" or "/v1" or "/anthropic/v1" or "/openai/v1" => () => SendJsonAsync(http, 200, WriteIdentity),
            // Claude Code looks here before its first call; it tolerates a 404 but need not get one.
            "/api/hello" => () => SendJsonAsync(http, 200, WriteIdentity),
            "/health" => () => GuardedAsync(http, path, () => SendHealthAsync(http)),
            "/metrics" => () => GuardedAsync(http, path, () => SendMetricsAsync(http)),
            _ => null,
        };
        if (answer is null) return NotFoundAsync(http, path);
        // Most likely a client that was given an address too short or too long.
        return Reads(http) ? answer() : WrongMethodAsync(http, DialectOf(http, path), "GET, HEAD", " " + Calls);
    }

    /// <summary>Says that a path does not have the request's method, which it has, and what else there is to say.</summary>
    public static Task WrongMethodAsync(HttpContext http, Dialect dialect, string allow, string more = "")
    {
        var method = http.Request.Method;
        if (method.Length > LongestMethod) method = method[..LongestMethod];
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.Allow = allow;
            return Task.CompletedTask;
        });
        return ErrorReply.SendAsync(
            http, dialect, new DialectError(ErrorKind.MethodNotAllowed, $"This path does not have the method {method}; it has {allow}.{more}"));
    }

    /// <summary>The dialect in which a caller most likely wants its error: a path that tells it goes before the header that hints at it.</summary>
    public static Dialect DialectOf(HttpContext http, string path) => DialectOf(http.Request.Headers, path);

    /// <summary>The same of a request that was read in part.</summary>
    public static Dialect DialectOf(IHeaderDictionary headers, string path)
    {
        if (path.StartsWith("/anthropic", StringComparison.Ordinal) || path.Contains("/messages", StringComparison.Ordinal)) return Dialect.Anthropic;
        if (path.StartsWith("/openai", StringComparison.Ordinal) || path.Contains("/chat/completions", StringComparison.Ordinal)
            || path.Contains("/responses", StringComparison.Ordinal)) return Dialect.OpenAiChat;
        return headers.ContainsKey("anthropic-version") ? Dialect.Anthropic : Dialect.OpenAiChat;
    }

    private static bool Reads(HttpContext http) => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

    private static void WriteIdentity(Utf8JsonWriter json)
    {
        json.WriteString("name", "gatehouse");
        json.WriteString("version", ServerState.Version);
        json.WriteStartArray("dialects");
        foreach (var dialect in DialectNames.All) json.WriteStringValue(dialect.Name());
        json.WriteEndArray();
    }

    /// <summary>Open to programs on this machine; from elsewhere only with a token that may read metrics, or when configured public.</summary>
    private async Task GuardedAsync(HttpContext http, string path, Func<Task> serve)
    {
        if (!AnonymousLoopback.IsFromThisMachine(http.Request) && !(path == "/metrics" && configuration.Current.Config.Telemetry.MetricsPublic))
        {
            var auth = await authenticator.AuthenticateAsync(http.Request, TokenScopes.Metrics);
            if (!auth.IsOk)
            {
                await ErrorReply.SendAsync(http, Dialect.OpenAiChat, Admitter.Unauthorised(auth));
                return;
            }
        }

        await serve();
    }

    private async Task SendMetricsAsync(HttpContext http)
    {
        var text = new ArrayBufferWriter<byte>(16 * 1024);
        PrometheusText.WriteTo(text, metrics);
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        http.Response.ContentLength = text.WrittenCount;
        if (!HttpMethods.IsHead(http.Request.Method)) await WholeAnswer.SendAsync(http, text.WrittenMemory);
    }

    private static Task NotFoundAsync(HttpContext http, string path) => ErrorReply.SendAsync(
        http,
        DialectOf(http, path),
        new DialectError(
            ErrorKind.NotFound,
            "Nothing is served at this path. " + Calls,
            "unknown_path"));

    private Task SendHealthAsync(HttpContext http)
    {
        var serves = false;
        return SendJsonAsync(http, json => serves = state.WriteHealth(json), () => serves ? 200 : 503);
    }

    private static Task SendJsonAsync(HttpContext http, int status, Action<Utf8JsonWriter> write) => SendJsonAsync(http, write, () => status);

    private static async Task SendJsonAsync(HttpContext http, Action<Utf8JsonWriter> write, Func<int> status)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        http.Response.StatusCode = status();
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.WrittenCount;
        http.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(http.Request.Method)) await WholeAnswer.SendAsync(http, body.WrittenMemory);
    }
}
