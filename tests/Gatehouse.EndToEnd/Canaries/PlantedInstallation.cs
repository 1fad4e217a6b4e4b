using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.Gateway.Tests.Canary;

namespace Gatehouse.EndToEnd.Canaries;

/// <summary>
/// An installation with a secret of each kind in it, a simulated provider that repeats one of them, and all that the installation's
/// programs
/// said and left behind. Only the standard output of the process that makes a token may show it.
/// </summary>
internal sealed partial class PlantedInstallation : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private readonly byte[] _masterKey = RandomNumberGenerator.GetBytes(32);
    private readonly Traces _traces = new();
    private readonly Dictionary<string, string> _tokens = [];
    private readonly SimulatorProcess _simulator;
    private int _started;

    private PlantedInstallation(SimulatorProcess simulator, string environmentKey, string vaultKey) =>
        (_simulator, EnvironmentKey, VaultKey) = (simulator, environmentKey, vaultKey);

    /// <summary>The provider's key that the environment holds.</summary>
    public string EnvironmentKey { get; }

    /// <summary>The provider's key that the vault holds.</summary>
    public string VaultKey { get; }

    /// <summary>What callers say.</summary>
    public string Prompt { get; } = NewSecret();

    /// <summary>A session's id: no secret, but kept, so that the search is seen to find what is there.</summary>
    public string Session { get; } = NewSecret();

    /// <summary>The data directory.</summary>
    public string DataDirectory => _folder.At("data");

    /// <summary>Makes one, with a key in its vault.</summary>
    public static async Task<PlantedInstallation> MakeAsync()
    {
        var (environmentKey, vaultKey) = (NewSecret(), NewSecret());
        // Vendors show parts of a key that they refuse; this one shows all of it.
        string Quote(string model, string key) =>
            $$"""{ "times": 0, "when": { "contains": "quote the key", "model": "{{model}}" }, "faults": "status-401", "headers": { "x-quoted": "{{key}}" } }""";
        var scenario = $$"""{ "steps": [ {{Quote("vaulted-*", vaultKey)}}, {{Quote("gpt-*", environmentKey)}} ] }""";
        var made = new PlantedInstallation(await SimulatorProcess.StartAsync(scenario), environmentKey, vaultKey);
        made._folder.Write("gatehouse.json", made.Configuration(""));
        var added = await made.RunAsync(["credential", "add", "vaulted"], input: made.VaultKey);
        added.Code.ShouldBe(0, added.Story);
        return made;
    }

    /// <summary>Makes a token by the command line.</summary>
    public async Task<string> CreateTokenAsync()
    {
        var run = await RunAsync(["token", "create"]);
        run.Code.ShouldBe(0, run.Story);
        return Made(run.Output.Trim(), run.Name);
    }

    /// <summary>Makes the configuration hold a key, where none may stand.</summary>
    public void BreakConfiguration() => _folder.Write("gatehouse.json", Configuration($"\"apiKey\": \"{EnvironmentKey}\","));

    /// <summary>Runs a command to its end.</summary>
    /// <param name="arguments">Its words.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="environment">Variables besides those of the installation.</param>
    /// <param name="around">A program that starts it.</param>
    public async Task<(int Code, string Output, string Story, string Name)> RunAsync(
        string[] arguments, string? input = null, (string, string)[]? environment = null, string[]? around = null)
    {
        var (process, name) = Start(arguments, input, environment, around);
        await using (process)
        {
            var code = await process.WaitAsync(_patience);
            Ended(process, name);
            return (code, process.Output, process.Story, name);
        }
    }

    /// <summary>Starts the server, and waits until it serves or ended.</summary>
    public async Task<PlantedServer> ServeAsync(string[]? options = null, (string, string)[]? environment = null, string[]? around = null)
    {
        var (process, name) = Start(["serve", "--listen", "http://127.0.0.1:0", .. options ?? []], null, environment, around);
        try
        {
            var address = await process.ReadLineAsync(
                line => ListensOn().Match(line) is { Success: true } found ? found.Groups[1].Value : null, _patience);
            await process.ReadLineAsync(line => line.EndsWith(" opencode", StringComparison.Ordinal) ? line : null, _patience);
            var token = Token().Match(process.Output) is { Success: true } first ? Made(first.Value, name) : null;
            return new PlantedServer(this, process, name, new Uri(address), token);
        }
        catch (TimeoutException) // it ended
        {
            return new PlantedServer(this, process, name, null, null);
        }
    }

    /// <summary>Takes what a process said.</summary>
    public void Ended(GuardedProcess process, string name)
    {
        Found(Place.Console, name, process.Output);
        Found(Place.Log, name, process.Errors);
    }

    /// <summary>Takes something that could be read.</summary>
    public void Found(Place place, string source, string text) => _traces.Add(place, source, text);

    /// <summary>The same of bytes.</summary>
    public void Found(Place place, string source, byte[] bytes) => _traces.Add(place, source, bytes);

    /// <summary>Takes every file that the installation made, as it is now.</summary>
    public void TakeFiles()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            // What a person gave it is read, not written. The runtime's own pipes and sockets hold nothing, and would be waited at.
            var name = Path.GetFileName(file);
            if (name is "gatehouse.json" or "input" || name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal)
                || name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal)) continue;
            if (new FileInfo(file).Length == 0) continue; // the lock among them, which nobody may open
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _traces.Add(Place.Files, Path.GetRelativePath(_folder.Path, file), bytes);
        }
    }

    /// <summary>Fails when anything that was taken holds a secret where it does not belong.</summary>
    public void ShouldHaveKeptItsSecrets()
    {
        _traces.Find(EnvironmentKey).ShouldBeEmpty("the key in the environment");
        _traces.Find(VaultKey).ShouldBeEmpty("the key in the vault");
        _traces.Find(Prompt).ShouldBeEmpty("what a caller said");
        _traces.Find(_masterKey).ShouldBeEmpty("the master key");
        foreach (var (token, maker) in _tokens)
            _traces.Find(token).ShouldBe([(Place.Console, maker)], "a token is shown once, by the process that made it");
    }

    /// <summary>Where the session's id was found.</summary>
    public IEnumerable<Place> SessionSeen() => _traces.Find(Session).Select(found => found.Place);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        _folder.Dispose();
    }

    // With characters that are written otherwise in addresses and in JSON.
    private static string NewSecret() => $"canary/+{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}=&x";

    private (GuardedProcess Process, string Name) Start(
        string[] arguments, string? input, (string, string)[]? environment, string[]? around)
    {
        var all = _folder.Environment(
            [("GATEHOUSE_MASTER_KEY", Convert.ToBase64String(_masterKey)), ("LOCAL_KEY", EnvironmentKey), .. environment ?? []]);
        string[] command =
            [.. around ?? [], .. RepositoryPaths.Command, .. arguments, "--data-dir", DataDirectory, "--config",
                _folder.At("gatehouse.json")];
        var name = $"{_started++} {string.Join(' ', arguments)}";
        return (GuardedProcess.Start(command, all, _folder.Path, input is null ? null : _folder.Write("input", input)), name);
    }

    private string Made(string token, string maker)
    {
        token.ShouldMatch(@"^ghc_\w{49}$");
        _tokens[token] = maker;
        return token;
    }

    private string Configuration(string more)
    {
        var root = _simulator.Address.ToString().TrimEnd('/');
        var endpoints = $$"""
            "endpoints": { "anthropic": "{{root}}", "openai-chat": "{{root}}/v1", "openai-responses": "{{root}}/v1" }, "allowPrivateNetwork": true
            """;
        return $$"""
            {
              "providers": { "local": { {{more}} "apiKeyEnv": "LOCAL_KEY", {{endpoints}} }, "vaulted": { {{endpoints}} } },
              "models": [ { "match": "vaulted-*", "targets": [ { "provider": "vaulted" } ] }, { "match": "*", "targets": [ { "provider": "local" } ] } ]
            }
            """;
    }

    [GeneratedRegex(@"listens on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListensOn();

    [GeneratedRegex(@"ghc_\w{49}")]
    private static partial Regex Token();
}
