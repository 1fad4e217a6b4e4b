using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Running;

/// <summary>A running <c>gatehouse serve --simulator</c> on a free port, with its first token.</summary>
internal sealed partial class Served : IAsyncDisposable
{
    private Served(GateServer server, Uri address)
    {
        Server = server;
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = Gate.Ceiling };
    }

    public GateServer Server { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>The first token; empty when the start made none.</summary>
    public string Token => TokenPattern().Match(Server.Output).Value;

    public static async Task<Served> StartAsync(TemporaryHome home, string more = "", params (string Name, string Value)[] variables)
    {
        var server = GateServer.Start(home, $"serve --simulator --listen http://127.0.0.1:0 {more}", variables);
        try
        {
            var line = await server.LineAsync(" listens on ");
            await server.LineAsync("opencode");
            return new Served(server, new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the simulated provider through the gateway, in Chat Completions, and returns when the headers are there.</summary>
    public async Task<HttpResponseMessage> AskAsync(string prompt, bool stream = false, string? token = null, string model = "sim/echo")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{prompt}}"}]}""",
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Waits until a condition holds that a running server brings about by itself, such as following the database.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(limit).ShouldBeLessThan(Gate.Ceiling, what);
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it in good order.</summary>
    public async Task<int> StopAsync()
    {
        Server.SendTerminate();
        return await Server.ExitAsync();
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return Server.DisposeAsync();
    }

    [GeneratedRegex("ghc_[0-9A-Za-z]{49}")]
    private static partial Regex TokenPattern();
}
