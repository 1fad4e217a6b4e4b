using System.Diagnostics;
using System.Security.Cryptography;
using Gatehouse.LoadBench.Bodies;

namespace Gatehouse.LoadBench.Proxies;

/// <summary>A <c>gatehouse serve</c> with everything on, in a data directory of its own, before the upstream as its only provider.</summary>
internal sealed class GatehouseProxy : Proxy
{
    private readonly string _program;
    private readonly string _masterKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private readonly IReadOnlyDictionary<string, string> _environment;
    private string _token = "";

    private GatehouseProxy(string name, string program, IReadOnlyDictionary<string, string> environment)
    {
        Name = name;
        _program = program;
        _environment = environment;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Token => _token;

    /// <inheritdoc/>
    public override bool Translates => true;

    /// <inheritdoc/>
    // The store's threads carry this name, cut to the 15 characters that Linux keeps.
    public override double StoreMicros => ProcessClock.ThreadMicros(ProcessId, "gatehouse-store");

    /// <inheritdoc/>
    public override double CompileMicros => ProcessClock.ThreadMicros(ProcessId, ".NET Tiered Com");

    /// <summary>Makes a token and starts the server.</summary>
    /// <param name="program">The published <c>gatehouse.dll</c>.</param>
    /// <param name="upstreamPort">Where the provider is.</param>
    /// <param name="name">What it is called in the table.</param>
    /// <param name="environment">Environment variables of its own.</param>
    public static async Task<GatehouseProxy> StartAsync(
        string program, int upstreamPort, string name = "gatehouse", IReadOnlyDictionary<string, string>? environment = null)
    {
        var gatehouse = new GatehouseProxy(name, program, environment ?? new Dictionary<string, string>());
        await File.WriteAllTextAsync(gatehouse.ConfigFile, $$"""
            {
              "listen": "http://127.0.0.1:{{gatehouse.Port}}",
              "providers": { "bench": { "endpoints": { "anthropic": "http://127.0.0.1:{{upstreamPort}}" }, "apiKeyEnv": "BENCH_KEY", "allowPrivateNetwork": true },
                "bench-chat": { "endpoints": { "openai-chat": "http://127.0.0.1:{{upstreamPort}}/v1" }, "headers": { "{{Profile.Header}}": "translate-150k" },
                  "apiKeyEnv": "BENCH_KEY", "allowPrivateNetwork": true } },
              "models": [ { "match": "{{Profile.TranslatedModel}}", "targets": [ { "provider": "bench-chat" } ] }, { "match": "claude-*", "targets": [ { "provider": "bench" } ] } ],
              "limits": { "maxConcurrentExchanges": 20000 }
            }
            """);
        gatehouse._token = await gatehouse.CreateTokenAsync("bench");
        await gatehouse.StartAsync(gatehouse.Command("serve"));
        return gatehouse;
    }

    /// <summary>Makes a token on the command line.</summary>
    public async Task<string> CreateTokenAsync(string tokenName) => (await RunAsync("token", "create", "--name", tokenName)).Trim();

    /// <summary>Revokes a token on the command line, beside the running server.</summary>
    public Task RevokeTokenAsync(string tokenName) => RunAsync("token", "revoke", tokenName);

    private async Task<string> RunAsync(params string[] words)
    {
        var start = Command(words);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var problem = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"gatehouse {string.Join(' ', words)} failed: {await problem}");
    }

    private string ConfigFile => Path.Combine(Folder, "gatehouse.json");

    private ProcessStartInfo Command(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [_program, .. words, "--config", ConfigFile, "--data-dir", Path.Combine(Folder, "data")])
        {
            Environment = { ["GATEHOUSE_MASTER_KEY"] = _masterKey, ["BENCH_KEY"] = "sk-bench-0123456789abcdef", ["DOTNET_NOLOGO"] = "1" },
        };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return start;
    }
}
