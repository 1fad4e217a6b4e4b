using System.Text;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.Gateway.Tests.Canary;

namespace Gatehouse.EndToEnd.Canaries;

/// <summary>A server of an installation with secrets in it, and calls to it that try to bring them to light.</summary>
/// <param name="installation">The installation.</param>
/// <param name="process">The server.</param>
/// <param name="name">What the server is called among all processes.</param>
/// <param name="address">Where it listens; null when it ended instead.</param>
/// <param name="token">The token that it made; null when there was one.</param>
internal sealed class PlantedServer(PlantedInstallation installation, GuardedProcess process, string name, Uri? address, string? token)
    : IAsyncDisposable
{
    private static readonly string[] _paths = ["v1/messages", "v1/chat/completions", "v1/responses"];

    private static readonly string[] _faults =
    [
        "", "+status-400", "+status-401", "+status-429-retry-1", "+status-500", "+reset-before-headers", "+reset-mid", "+truncate",
        "+eof-mid",
        "+bad-json", "+error-event", "+html", "+gzip",
    ];

    private readonly HttpClient _http = new();

    /// <summary>Where it listens.</summary>
    public Uri Address => address ?? throw new InvalidOperationException($"it does not serve: {process.Story}");

    /// <summary>Whether it serves.</summary>
    public bool Serves => address is not null;

    /// <summary>The token that it made.</summary>
    public string Token => token ?? throw new InvalidOperationException("it made no token");

    /// <summary>What it wrote to standard error so far.</summary>
    public string Errors => process.Errors;

    /// <summary>Both its outputs.</summary>
    public string Story => process.Story;

    /// <summary>
    /// Calls it in every dialect, with each fault, whole and streamed, with the token where it belongs and where it does not.
    /// </summary>
    public async Task CallAsync(string with)
    {
        foreach (var path in _paths)
        {
            foreach (var model in (string[])["gpt-5.5", "vaulted-gpt"])
            {
                foreach (var fault in _faults) await SendAsync(path, Body(path, model + fault, installation.Prompt), with);
                await SendAsync(path, Body(path, model, "quote the key"), with);
            }
            await SendAsync(path, Body(path, "gpt-5.5", installation.Prompt)[..^1], with);
            await SendAsync(path, Body(path, "gpt-5.5", installation.Prompt), with + "x");
            await SendAsync($"{path}/{with}", Body(path, "gpt-5.5", installation.Prompt), with);
        }
    }

    /// <summary>Sends one request, whatever becomes of it. The token stands in the query and in headers of no meaning too.</summary>
    public async Task SendAsync(string path, string body, string with)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(Address, $"{path}?key={with}&prompt={Uri.EscapeDataString(installation.Prompt)}"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (header, value) in (IEnumerable<(string, string)>)
            [
                ("authorization", $"Bearer {with}"), ("anthropic-version", "2023-06-01"), ("session-id", installation.Session),
                ("x-note", $"my token is {with}"), ("cookie", $"a={with}"), ("api-key", with), ("referer", $"http://127.0.0.1/?t={with}"),
            ])
            request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();
        try
        {
            using var answer = await _http.SendAsync(request);
            var heads = answer.Headers.ToString();
            if (!body.Contains(installation.Prompt, StringComparison.Ordinal))
                installation.Found(Place.Answers, path, heads + await answer.Content.ReadAsStringAsync());
            else installation.Found(Place.Answers, path, heads);
        }
        catch (HttpRequestException) { } // a stream that broke, or a server that is no more
    }

    /// <summary>Takes what it tells about itself.</summary>
    public async Task AskAsync()
    {
        foreach (var path in (string[])["metrics", "health", "readyz", "healthz", ""])
            installation.Found(path == "metrics" ? Place.Metrics : Place.Health, path, await _http.GetStringAsync(new Uri(Address, path)));
    }

    /// <summary>Sends it a signal and takes what it said until it ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> SignalAsync(string signal)
    {
        await process.SignalAsync(signal);
        // The runtime puts the system's own handling of some signals back when the first one comes; the second one counts.
        for (var i = 0; i < 20 && signal is ("ABRT" or "SEGV"); i++)
        {
            try
            {
                await process.WaitAsync(TimeSpan.FromMilliseconds(500));
                break;
            }
            catch (TimeoutException)
            {
                await process.SignalAsync(signal);
            }
        }
        return await EndAsync();
    }

    /// <summary>Waits for its end and takes what it said.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        var code = await process.WaitAsync(TimeSpan.FromSeconds(30));
        installation.Ended(process, name);
        return code;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return process.DisposeAsync();
    }

    private static string Body(string path, string model, string says) => path == "v1/responses"
        ? $$"""{"model":"{{model}}","stream":true,"input":"{{says}}"}"""
        : $$"""{"model":"{{model}}","stream":true,"max_tokens":100,"messages":[{"role":"user","content":"{{says}}"}]}""";
}
