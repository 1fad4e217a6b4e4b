using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Tests.Smoke;

/// <summary>Stands between the smoke run and a real gateway, and spoils one thing.</summary>
internal sealed class PlantedFaults(string fault) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (fault.StartsWith("unserved ", StringComparison.Ordinal) && request.Method == HttpMethod.Post) return Unserved(fault["unserved ".Length..]);
        if (fault.StartsWith("uncounted ", StringComparison.Ordinal) && path.EndsWith("/count_tokens", StringComparison.Ordinal)) return Unserved(fault["uncounted ".Length..]);
        switch (fault)
        {
            case "count-404" when path.EndsWith("/count_tokens", StringComparison.Ordinal):
                return Json(404, """{"type":"error","error":{"type":"not_found_error","message":"Not Found"}}""");
            case "count-503" when path.EndsWith("/count_tokens", StringComparison.Ordinal):
                return Json(503, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""");
            case "count-0" when path.EndsWith("/count_tokens", StringComparison.Ordinal):
                return Json(200, """{"input_tokens":0}""");
            case "models-404" when path == "/v1/models":
                return Json(404, """{"error":{"message":"Not Found"}}""");
            case "models-html" when path == "/v1/models":
                return Page();
            case "models-shape" when path == "/v1/models":
                return Json(200, """{"models":["a"]}""");
            case "bad-token":
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "ghc_nothing");
                break;
            case "tool-not-called":
                await EditAsync(request, "\"tool_choice\":", "\"metadata\":", cancellationToken);
                await EditAsync(request, "{\"type\":\"tool\",\"name\":\"get_weather\"}", "{}", cancellationToken);
                await EditAsync(request, "{\"type\":\"function\",\"name\":\"get_weather\"}", "{}", cancellationToken);
                await EditAsync(request, "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"} }", "{}", cancellationToken);
                break;
            default:
                break;
        }

        var response = await base.SendAsync(request, cancellationToken);
        switch (fault)
        {
            case "tool-renamed":
                await EditAsync(response, "\"get_weather\"", "\"get_wether\"", cancellationToken);
                break;
            case "tool-argument":
                await EditAsync(response, "{\\\"city", "{\\\"town", cancellationToken);
                break;
            case "no-exchange-id":
                response.Headers.Remove("x-gatehouse-exchange");
                break;
            case "foreign-exchange-id" when response.Headers.Remove("x-gatehouse-exchange"):
                response.Headers.Add("x-gatehouse-exchange", Guid.CreateVersion7().ToString());
                break;
            default:
                break;
        }

        return response;
    }

    private static async Task EditAsync(HttpRequestMessage request, string from, string to, CancellationToken cancellation)
    {
        if (request.Content is not { } content) return;
        request.Content = new StringContent((await content.ReadAsStringAsync(cancellation)).Replace(from, to, StringComparison.Ordinal), Encoding.UTF8, "application/json");
    }

    private static async Task EditAsync(HttpResponseMessage response, string from, string to, CancellationToken cancellation)
    {
        var type = response.Content.Headers.ContentType;
        var text = (await response.Content.ReadAsStringAsync(cancellation)).Replace(from, to, StringComparison.Ordinal);
        response.Content = new StringContent(text, Encoding.UTF8) { Headers = { ContentType = type } };
    }

    private static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Unserved(string exchange)
    {
        var response = Json(400, """{"error":{"message":"not spoken"}}""");
        response.Headers.Add("x-gatehouse-exchange", exchange);
        return response;
    }

    private static HttpResponseMessage Page() => new(HttpStatusCode.OK) { Content = new StringContent("<html></html>", Encoding.UTF8, "text/html") };
}
