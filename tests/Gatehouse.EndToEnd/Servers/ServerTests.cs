using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Servers;

/// <summary>What holds for a real server process whatever client calls.</summary>
public sealed class ServerTests(Stage stage) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly string _marker = $"server-{Guid.NewGuid():N}";

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_renamed_model_is_the_only_change()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        // Odd but legal: spaces, an escaped letter, a number that a parser would print otherwise.
        var body = $$"""{ "messages" : [ {"role":"user","content":"hello {{_marker}} \u00e9"} ],  "model":"renamed", "max_tokens": 100 , "temperature":0.50 }""";
        (await PostAsync(tee.Address, stage.Token, body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var one = (await stage.UnlikeAsync(tee, _marker)).ShouldHaveSingleItem();
        one.Received.Text.ShouldBe(body.Replace("\"renamed\"", "\"claude-sonnet-4-5\""));
        one.Row.ModelAsked.ShouldBe("renamed");
        one.Row.ModelSent.ShouldBe("claude-sonnet-4-5");
    }

    [Theory]
    [InlineData("not-a-token")]
    [InlineData("ghc_0000000000000000000000000000000000000000000000000")]
    public async Task A_token_that_is_not_ours_is_refused_and_nothing_goes_upstream(string token)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var body = $$"""{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"hello {{_marker}}"}]}""";
        using var answer = await PostAsync(tee.Address, token, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        said.Text("type").ShouldBe("error");
        said.GetProperty("error").Text("type").ShouldBe("authentication_error");
        await stage.ShouldNotBeReceivedAsync(_marker);
    }

    [Fact]
    public async Task A_server_stops_when_asked_keeps_its_ledger_and_leaves_no_secret_behind()
    {
        await using var simulator = await SimulatorProcess.StartAsync();
        await using var server = await ServerProcess.StartAsync(simulator.Address);
        var body = $$"""{"model":"claude-sonnet-4-5+status-401","max_tokens":100,"messages":[{"role":"user","content":"hello {{_marker}}"}]}""";
        (await PostAsync(server.Address, server.Token, body)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(server.Address, server.Token, body.Replace("+status-401", ""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.StopAsync()).ShouldBe(0, server.Story);

        var usage = await server.CommandAsync("usage", "--by", "model", "--json");
        usage.Code.ShouldBe(0, usage.Story);
        usage.Output.ShouldContain("claude-sonnet-4-5+status-401");

        // The first token is shown on the start's page, and in the lines that start the agents with it; the log, on standard error, has
        // none.
        server.Errors.ShouldNotContain(server.Token);
        server.Story.ShouldNotContain(ServerProcess.ProviderKey);
        usage.Story.ShouldNotContain(ServerProcess.ProviderKey);
        foreach (var file in Directory.EnumerateFiles(server.DataDirectory, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(server.Token)).ShouldBe(-1, $"the client's token in {file}");
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ServerProcess.ProviderKey)).ShouldBe(-1, $"the provider's key in {file}");
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(_marker)).ShouldBe(-1, $"a prompt in {file}");
        }
    }

    private Task<HttpResponseMessage> PostAsync(Uri server, string token, string body) =>
        _http.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(server, "v1/messages"))
        {
            Headers = { { "authorization", $"Bearer {token}" }, { "anthropic-version", "2023-06-01" } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
}
