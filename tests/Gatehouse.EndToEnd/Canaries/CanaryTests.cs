using System.Text.Json;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Upstream;

namespace Gatehouse.EndToEnd.Canaries;

/// <summary>No secret comes to light in what the real program says, answers, writes down or hands on, whatever happens around it.</summary>
public class CanaryTests
{
    [Theory]
    [InlineData]
    [InlineData("--verbose")]
    public async Task Traffic_and_commands_keep_every_secret(params string[] options)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using var collector = RawUpstream.Answering("HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n");
        var export = new (string, string)[]
        {
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-collector-key=" + Uri.EscapeDataString(installation.EnvironmentKey)),
        };
        await using (var server = await installation.ServeAsync(options, export))
        {
            var second = await installation.CreateTokenAsync();
            await server.CallAsync(server.Token);
            await server.CallAsync(second);
            await server.AskAsync();
            foreach (var command in (string[])[
                "status", "usage", "usage --by token", "token list", "credential list", "config check", "presets"])
            {
                await installation.RunAsync(command.Split(' '));
                await installation.RunAsync([.. command.Split(' '), "--json"]);
            }
            // No other program gets the environment, which holds keys, for there is none.
            var state = await installation.RunAsync(["status", "--json"]);
            var id = JsonDocument.Parse(state.Output).RootElement.GetProperty("data").GetProperty("server").GetProperty("pid").GetInt32();
            foreach (var thread in Directory.GetDirectories($"/proc/{id}/task"))
                (await File.ReadAllTextAsync($"{thread}/children")).ShouldBeEmpty("the server starts no program");
            installation.BreakConfiguration();
            (await installation.RunAsync(["config", "check"])).Code.ShouldBe(2);
            await installation.RunAsync(["token", "revoke", "client"]);
            await server.CallAsync(second);
            installation.TakeFiles();
            (await server.SignalAsync("TERM")).ShouldBe(0, server.Story);
        }
        await installation.RunAsync(["usage", "--json"]);
        await installation.RunAsync(["demo"]);
        installation.TakeFiles();
        foreach (var sent in collector.Connections.SelectMany(connection => connection.Requests))
        {
            sent["x-collector-key"].ShouldBe(installation.EnvironmentKey, "the collector's own key goes to it alone");
            installation.Found(sent.RequestLine.Contains("/v1/metrics", StringComparison.Ordinal) ? Place.Metrics : Place.Spans, sent.RequestLine, sent.Body);
        }

        installation.ShouldHaveKeptItsSecrets();
        installation.SessionSeen().ShouldContain(Place.Files, "what is kept on purpose is found");
        installation.SessionSeen().ShouldContain(Place.Spans, "spans name the conversation");
        installation.SessionSeen().ShouldNotContain(Place.Metrics, "labels name none");
    }
}
