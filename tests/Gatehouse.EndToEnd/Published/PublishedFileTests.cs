using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Published;

/// <summary>
/// The single file that the command of docs/operations/publish.md makes (<c>./test</c> runs it): assemblies that nothing reaches are left out of it, so what it does is
/// tried with it, and what it holds at rest is measured.
/// </summary>
public sealed class PublishedFileTests
{
    /// <summary>What a gateway may hold at rest, MB of 1024² bytes.</summary>
    private const int MostAtRest = 110;

    [Fact]
    public async Task It_needs_nothing_beside_it_and_runs_the_demo()
    {
        using var folder = new TestFolder();
        File.Exists(RepositoryPaths.PublishedFile).ShouldBeTrue($"{RepositoryPaths.PublishedFile} is missing: ./test publishes it.");
        // No DOTNET_ROOT and no way to find an installed runtime: it brings its own.
        var environment = folder.Environment();
        environment.Remove("DOTNET_ROOT");
        await using var demo = GuardedProcess.Start([RepositoryPaths.PublishedFile, "demo"], environment, folder.Path);
        (await demo.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, demo.Story);
        foreach (var dialect in (string[])["Anthropic Messages", "Chat Completions", "Responses"]) demo.Output.ShouldContain(dialect, Case.Insensitive, demo.Story);
    }

    [Fact]
    public async Task At_rest_after_its_first_calls_it_holds_at_most_110_MB()
    {
        using var folder = new TestFolder();
        await using var gateway = await PublishedGateway.StartAsync(folder);
        foreach (var dialect in (string[])["messages", "chat/completions", "responses"])
            (await gateway.AskAsync(dialect)).ShouldBe(HttpStatusCode.OK, gateway.Story);

        // The runtime goes on compiling for some seconds after a start.
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        gateway.ResidentMegabytes().ShouldBeInRange(20, MostAtRest);
    }

    [Fact]
    public async Task It_sends_telemetry_to_a_collector_for_which_it_loads_more()
    {
        using var folder = new TestFolder();
        using var collector = new HttpListener();
        var address = Listen(collector);
        await using var gateway = await PublishedGateway.StartAsync(folder, ("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        (await gateway.AskAsync("messages")).ShouldBe(HttpStatusCode.OK, gateway.Story);

        var sent = await collector.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        sent.Request.Url!.AbsolutePath.ShouldBe("/v1/traces");
        sent.Request.ContentType.ShouldBe("application/x-protobuf");
        sent.Response.Close();
    }

    private static string Listen(HttpListener collector)
    {
        using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        collector.Prefixes.Add(address);
        collector.Start();
        return address;
    }

    /// <summary>The file's <c>serve</c>, with its simulated provider.</summary>
    private sealed class PublishedGateway(GuardedProcess process, HttpClient http, int id) : IAsyncDisposable
    {
        public string Story => process.Story;

        public static async Task<PublishedGateway> StartAsync(TestFolder folder, params (string Name, string Value)[] variables)
        {
            // The shell says its number and becomes the program.
            var process = GuardedProcess.Start(
                ["/bin/sh", "-c", "echo $$; exec \"$@\"", "sh", RepositoryPaths.PublishedFile, "serve", "--simulator", "--json", "--listen", "http://127.0.0.1:0",
                    "--data-dir", folder.At("data")],
                folder.Environment(variables), folder.Path);
            try
            {
                var id = await process.ReadLineAsync(line => int.TryParse(line, CultureInfo.InvariantCulture, out _) ? line : null, TimeSpan.FromSeconds(10));
                await process.ReadLineAsync(line => line == "}" ? line : null, TimeSpan.FromSeconds(30));
                using var greeting = JsonDocument.Parse(process.Output[process.Output.IndexOf('{')..]);
                var said = greeting.RootElement.GetProperty("data");
                var http = new HttpClient { BaseAddress = new Uri(said.GetProperty("addresses")[0].GetString()!) };
                http.DefaultRequestHeaders.Add("authorization", $"Bearer {said.GetProperty("first_token").GetProperty("token").GetString()}");
                http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
                return new PublishedGateway(process, http, int.Parse(id, CultureInfo.InvariantCulture));
            }
            catch
            {
                await process.DisposeAsync();
                throw;
            }
        }

        /// <summary>One call on a data route.</summary>
        public async Task<HttpStatusCode> AskAsync(string route)
        {
            var input = route == "responses" ? "\"input\":\"hi\"" : "\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
            using var body = new StringContent($"{{\"model\":\"sim/any\",{input}}}", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri($"v1/{route}", UriKind.Relative), body, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }

        /// <summary>What it holds of the machine's memory now.</summary>
        public int ResidentMegabytes()
        {
            var line = File.ReadLines($"/proc/{id}/status").Single(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
            return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await process.DisposeAsync();
        }
    }
}
