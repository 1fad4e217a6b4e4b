using System.Globalization;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Recording;

/// <summary>Shows what was received, at <c>/_simulator</c>. It needs no key: the simulator holds nothing worth one.</summary>
internal static class RecordingApi
{
    /// <summary>Answers <c>GET|DELETE /_simulator/requests</c> and <c>GET /_simulator/stats</c>.</summary>
    public static async Task HandleAsync(HttpContext context, ReceivedLog log, SimulatorStats stats)
    {
        var answer = (context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/_simulator/requests") => Requests(log, context.Request.Query["limit"]),
            ("GET", "/_simulator/stats") => Stats(stats),
            ("DELETE", "/_simulator/requests") => Clear(log),
            _ => null,
        };
        context.Response.StatusCode = answer is null ? 404 : 200;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(
            Json.Compact(answer ?? new JsonObject { ["error"] = "No such route." }), context.RequestAborted);
    }

    private static JsonObject Clear(ReceivedLog log)
    {
        log.Clear();
        return new JsonObject { ["cleared"] = true };
    }

    private static JsonObject Stats(SimulatorStats stats) => new()
    {
        ["requests"] = stats.Requests,
        ["open_connections"] = stats.OpenConnections,
        ["open_streams"] = stats.OpenStreams,
        ["cancelled_streams"] = stats.CancelledStreams,
        ["cancelled_requests"] = stats.CancelledRequests,
    };

    private static JsonObject Requests(ReceivedLog log, string? limit)
    {
        var most = int.TryParse(limit, CultureInfo.InvariantCulture, out var n) ? n : int.MaxValue;
        return new JsonObject { ["requests"] = new JsonArray([.. log.All.TakeLast(most).Select(Request)]) };
    }

    private static JsonNode Request(ReceivedRequest request)
    {
        var headers = new JsonObject();
        foreach (var (name, values) in request.Headers) headers[name] = string.Join(",", values);
        return new JsonObject
        {
            ["received_at"] = request.ReceivedAt.ToString("O", CultureInfo.InvariantCulture),
            ["method"] = request.Method,
            ["path"] = request.PathAndQuery,
            ["headers"] = headers,
            ["body_base64"] = Convert.ToBase64String(request.Body.Span),
            ["status"] = request.Status,
            ["client_gone_at"] = request.ClientGoneAt?.ToString("O", CultureInfo.InvariantCulture),
            ["finished_at"] = request.FinishedAt?.ToString("O", CultureInfo.InvariantCulture),
        };
    }
}
