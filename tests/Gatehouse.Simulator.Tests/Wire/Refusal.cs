using System.Net;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Simulator.Tests.Wire;

/// <summary>What a vendor answered to a bad request.</summary>
internal sealed record Refusal(int Status, string Type, string Message, string? Param, string? Code)
{
    /// <summary>Sends a body and reads the error; status 200 gives empty fields.</summary>
    public static async Task<Refusal> OfAsync(
        SimulatorServer server, string path, string body, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(10) };
        using var request =
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            if (name == "content-type") request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(value);
            else request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await http.SendAsync(request);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (response.StatusCode == HttpStatusCode.OK) return new Refusal(200, "", "", null, null);
        var error = json.RootElement.GetProperty("error");
        return new Refusal(
            (int)response.StatusCode, Text(error, "type")!, Text(error, "message")!, Text(error, "param"), Text(error, "code"));
    }

    private static string? Text(JsonElement error, string name) => error.TryGetProperty(name, out var value) ? value.GetString() : null;
}
