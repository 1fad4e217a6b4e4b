using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Runs;

/// <summary>A Gatehouse in a home of its own, and an agent in another home that has no installation: what a run at a Gatehouse elsewhere is made of.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RemoteStage : IAsyncDisposable
{
    private RemoteStage(FakeHarness harness, TemporaryHome home, Served server, string user) => (Harness, Home, Server, User) = (harness, home, server, user);

    public FakeHarness Harness { get; }

    /// <summary>The server's home.</summary>
    public TemporaryHome Home { get; }

    public Served Server { get; }

    /// <summary>A token of the user <c>local</c>.</summary>
    public string User { get; }

    public static async Task<RemoteStage> StartAsync(string program, string script)
    {
        var home = new TemporaryHome();
        var server = await Served.StartAsync(home);
        var made = await Gate.RunAsync(home, "token create --name session --kind admin --user local --expires 12h --json");
        made.ExitCode.ShouldBe(0, made.ToString());
        var user = System.Text.RegularExpressions.Regex.Match(made.Output, "gha_[0-9A-Za-z]+").Value;
        return new RemoteStage(new FakeHarness(program, script), home, server, user);
    }

    /// <summary>A new workspace with a runner's token.</summary>
    public async Task<(string Workspace, string Runner)> RunnerAsync(string name)
    {
        var project = (await CallAsync(HttpMethod.Get, "projects")).GetProperty("items")[0].GetProperty("id").GetString();
        var workspace = (await CallAsync(HttpMethod.Post, "workspaces", $$"""{"project":"{{project}}","name":"{{name}}"}""")).GetProperty("id").GetString()!;
        return (workspace, (await CallAsync(HttpMethod.Post, $"workspaces/{workspace}/runner-tokens")).GetProperty("text").GetString()!);
    }

    public async Task<JsonElement> CallAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", User);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text);
    }

    /// <summary>The tokens of a kind, newest last.</summary>
    public async Task<IReadOnlyList<JsonElement>> TokensAsync(string kind) =>
        [.. (await CallAsync(HttpMethod.Get, "tokens")).GetProperty("items").EnumerateArray().Where(one => one.GetProperty("kind").GetString() == kind)];

    /// <summary>The command line of a run here.</summary>
    public string[] Arguments(string harness, params string[] more) => [harness, "--base-url", Server.Address.ToString(), .. more];

    /// <summary>Runs an agent at the server with a token in the variable.</summary>
    public Task<Ran> RunAsync(string token, string[] arguments, string input = "") => Harness.RunAsync(arguments, input, ("GATEHOUSE_RUN_TOKEN", token));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Home.Dispose();
        Harness.Dispose();
    }
}
