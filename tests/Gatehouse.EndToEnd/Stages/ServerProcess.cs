using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Gatehouse.EndToEnd.Processes;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>
/// <c>gatehouse serve</c> in a process of its own, on a free loopback port, with a home, a data directory and a master key of its own and
/// one
/// provider, <c>local</c>, that every model goes to.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private GuardedProcess _process;
    private readonly Dictionary<string, string> _environment;

    private ServerProcess(TestFolder folder, Dictionary<string, string> environment, GuardedProcess process, Uri address, string token) =>
        (_folder, _environment, _process, Address, Token) = (folder, environment, process, address, token);

    /// <summary>The key that the server lends to the provider.</summary>
    public const string ProviderKey = "provider-key-7f3a91c2";

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; }

    /// <summary>The first client token, as printed at the start.</summary>
    public string Token { get; }

    /// <summary>Its data directory.</summary>
    public string DataDirectory => _folder.At("data");

    /// <summary>What it wrote, for failure messages and for looking for secrets.</summary>
    public string Story => _process.Story;

    /// <summary>What it wrote to standard error: its log.</summary>
    public string Errors => _process.Errors;

    /// <summary>The line that it printed below an agent's name.</summary>
    public string StartLine(string agent) =>
        _process.Output.Split('\n').SkipWhile(line => line.Trim() != $"# {agent}").ElementAtOrDefault(1)?.Trim()
        ?? throw new InvalidOperationException($"no line to start {agent}: {Story}");

    /// <summary>Starts it and waits until it says where it listens.</summary>
    /// <param name="provider">The provider's root address.</param>
    /// <param name="more">More members of the configuration, each with a comma behind it.</param>
    /// <param name="models">Rules of the models before the one that takes every name, each with a comma behind it.</param>
    /// <param name="providers">More providers, each with a comma before it.</param>
    /// <param name="variables">More variables of its environment.</param>
    public static async Task<ServerProcess> StartAsync(
        Uri provider, string more = "", string models = "", string providers = "", IReadOnlyCollection<(string Name, string Value)>? variables = null)
    {
        var folder = new TestFolder();
        try
        {
            folder.Write("gatehouse.json", Configuration(provider, more, models, providers));
            var environment = folder.Environment(
                [("GATEHOUSE_MASTER_KEY", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), ("LOCAL_KEY", ProviderKey), .. variables ?? []]);
            var process = Serve(folder, environment);
            try
            {
                var address = await ListensAsync(process);
                var token = await process.ReadLineAsync(line => TokenLine().Match(line) is { Success: true } found ? found.Groups[1].Value : null, TimeSpan.FromSeconds(10));
                await process.ReadLineAsync(line => line.EndsWith(" opencode", StringComparison.Ordinal) ? line : null, TimeSpan.FromSeconds(10));
                return new ServerProcess(folder, environment, process, address, token);
            }
            catch
            {
                await process.DisposeAsync();
                throw;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Runs another command of the program on the same data directory and configuration, with the same keys, to its end.</summary>
    public Task<(int Code, string Output, string Story)> CommandAsync(params string[] arguments) => CommandAsync(_environment, _folder.Path, null, arguments);

    /// <summary>As the other, but in the home of somebody else: the environment is theirs, with the server's keys added.</summary>
    public async Task<(int Code, string Output, string Story)> CommandAsync(
        IReadOnlyDictionary<string, string> home, string folder, string? input, params string[] arguments)
    {
        // In front, because everything behind -- is another program's.
        string[] command = [.. RepositoryPaths.Command, "--data-dir", DataDirectory, "--config", _folder.At("gatehouse.json"), .. arguments];
        var environment = new Dictionary<string, string>(home) { ["GATEHOUSE_MASTER_KEY"] = _environment["GATEHOUSE_MASTER_KEY"], ["LOCAL_KEY"] = ProviderKey };
        await using var process = GuardedProcess.Start(command, environment, folder, input);
        var code = await process.WaitAsync(TimeSpan.FromSeconds(90));
        return (code, process.Output, process.Story);
    }

    /// <summary>Asks it to stop, as an operator does, and waits until it did.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        await _process.SignalAsync("TERM");
        return await _process.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Stops or kills it, and starts it again on the same data directory and configuration; it listens on another port then.</summary>
    public async Task RestartAsync(bool isKilled)
    {
        await _process.SignalAsync(isKilled ? "KILL" : "TERM");
        await _process.WaitAsync(TimeSpan.FromSeconds(20));
        await _process.DisposeAsync();
        _process = Serve(_folder, _environment);
        Address = await ListensAsync(_process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static GuardedProcess Serve(TestFolder folder, Dictionary<string, string> environment) => GuardedProcess.Start(
        [.. RepositoryPaths.Command, "serve", "--listen", "http://127.0.0.1:0", "--data-dir", folder.At("data"), "--config", folder.At("gatehouse.json")],
        environment,
        folder.Path);

    private static async Task<Uri> ListensAsync(GuardedProcess process) => new(
        await process.ReadLineAsync(line => ListensOn().Match(line) is { Success: true } found ? found.Groups[1].Value : null, TimeSpan.FromSeconds(30)));

    private static string Configuration(Uri provider, string more, string models, string providers)
    {
        var root = provider.ToString().TrimEnd('/');
        return $$"""
            {
              {{more}}
              "providers": {
                "local": {
                  "endpoints": { "anthropic": "{{root}}", "openai-chat": "{{root}}/v1", "openai-responses": "{{root}}/v1" },
                  "apiKeyEnv": "LOCAL_KEY",
                  "allowPrivateNetwork": true
                }
                {{providers}}
              },
              "models": [
                {{models}}
                { "match": "renamed", "targets": [ { "provider": "local", "model": "claude-sonnet-4-5" } ] },
                { "match": "*", "targets": [ { "provider": "local" } ] }
              ]
            }
            """;
    }

    [GeneratedRegex(@"listens on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListensOn();

    [GeneratedRegex(@"^\s+(ghc_\S+)$")]
    private static partial Regex TokenLine();
}
