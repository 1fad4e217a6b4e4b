using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>
/// A data directory and configuration in which <c>gatehouse serve</c> can be started again and again, before a provider of the test's.
/// </summary>
internal sealed partial class ServedGateway : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-soak-").FullName;
    private readonly System.Text.StringBuilder _said = new();
    private Process? _process;

    /// <param name="upstream">The provider's root address.</param>
    /// <param name="more">Further members of the configuration, as JSON text beginning with a comma.</param>
    /// <param name="speaks">The dialects that the provider is said to speak; all when null.</param>
    public ServedGateway(Uri upstream, string more = "", string[]? speaks = null)
    {
        var root = upstream.ToString().TrimEnd('/');
        var endpoints = (speaks ?? ["anthropic", "openai-chat", "openai-responses"]).Select(dialect => $"\"{dialect}\": \"{root}{(dialect == "anthropic" ? "" : "/v1")}\"");
        File.WriteAllText(Path.Combine(_folder, "gatehouse.json"), $$"""
            {
              "providers": { "up": {
                "endpoints": { {{string.Join(", ", endpoints)}} },
                "apiKeyEnv": "UP_KEY", "allowPrivateNetwork": true } },
              "models": [ { "match": "*", "targets": [ { "provider": "up" } ] } ]{{more}}
            }
            """);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>The token that the first start printed.</summary>
    public string Token { get; private set; } = "";

    public string DataDirectory => Path.Combine(_folder, "data");

    public int ProcessId => _process!.Id;

    /// <summary>What the running process has resident, KiB.</summary>
    public long ResidentKib => Status("VmRSS:");

    public int OpenFiles => Directory.GetFiles($"/proc/{ProcessId}/fd").Length;

    /// <summary>Starts the built program and waits until it says where it listens.</summary>
    public async Task StartAsync()
    {
        var start =
            new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        var config = Path.Combine(_folder, "gatehouse.json");
        string[] arguments = [Program(), "serve", "--listen", "http://127.0.0.1:0", "--data-dir", DataDirectory, "--config", config];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        start.Environment.Clear();
        foreach (var name in (string[])["PATH", "DOTNET_ROOT"]) start.Environment[name] = Environment.GetEnvironmentVariable(name) ?? "";
        start.Environment["HOME"] = start.Environment["XDG_CONFIG_HOME"] = start.Environment["TMPDIR"] = _folder;
        start.Environment["UP_KEY"] = GatewayHarness.ProviderKey;
        _process = Process.Start(start)!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(string? line)
        {
            lock (_said)
            {
                _said.AppendLine(line);
                if (AddressPattern().Match(line ?? "") is { Success: true } at) Address = new Uri(at.Groups[1].Value);
                if (TokenPattern().Match(line ?? "") is { Success: true } token) Token = token.Value;
                if (Address is not null && line?.Contains("opencode", StringComparison.Ordinal) == true) ready.TrySetResult();
            }
        }

        Address = null!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Task.WhenAny(ready.Task, _process.WaitForExitAsync(), Task.Delay(s_start));
        if (!ready.Task.IsCompleted) lock (_said) throw new InvalidOperationException("It did not start:\n" + _said);
    }

    /// <summary>What it has written since the first start.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Ends it as the system would in an emergency.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndedAsync();
    }

    /// <summary>Asks it to end in good order.</summary>
    public void AskToStop() => kill(ProcessId, Terminate);

    /// <summary>Waits for its end and gives its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(s_start);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Program()
    {
        var bin = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = bin;
        while (!File.Exists(Path.Combine(root.FullName, "Gatehouse.slnx")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return Path.Combine(root.FullName, "src", "Gatehouse", "bin", bin.Parent!.Name, bin.Name, "gatehouse.dll");
    }

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{ProcessId}/status").Single(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"listens on .*?(http://127\.0\.0\.1:\d+)")]
    private static partial Regex AddressPattern();

    [GeneratedRegex("ghc_[0-9A-Za-z]{49}")]
    private static partial Regex TokenPattern();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
