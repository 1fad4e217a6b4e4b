using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Control;
using Gatehouse.Doctor;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

/// <summary>A gateway at a fixed address with two tokens, one of them revoked, and a home in which a test puts agents' settings.</summary>
internal sealed class AgentStage : IAsyncDisposable
{
    private const string Configuration =
        """
        { "providers": { "anthropic": { "preset": "anthropic" }, "openai": { "preset": "openai" },
                         "local": { "endpoints": { "openai-chat": { "url": "http://127.0.0.1:1/v1", "auth": "none" } }, "allowPrivateNetwork": true } },
          "models": [ { "match": "qwen*", "targets": [ { "provider": "local" } ] } ] }
        """;

    private const string Health =
        """{ "providers": [ { "name": "anthropic", "state": "ok" }, { "name": "openai", "state": "ok" }, { "name": "local", "state": "ok" }, { "name": "sim", "state": "ok" } ] }""";

    private readonly Dictionary<string, string> _variables = new() { ["PATH"] = "/nowhere" };
    private readonly Installation _installation;

    private AgentStage(TemporaryHome home, Installation installation, MintedToken good, MintedToken revoked) =>
        (Home, _installation, Good, Revoked) = (home, installation, good, revoked);

    public TemporaryHome Home { get; }

    public MintedToken Good { get; }

    public MintedToken Revoked { get; }

    public static async Task<AgentStage> SetAsync()
    {
        var home = new TemporaryHome();
        var installation = (await Installation.OpenAsync(home.DataDirectory, home.KeyFile, _ => null)).Installation!;
        var good = (await installation.Tokens.CreateAsync("laptop")).Value!;
        var revoked = (await installation.Tokens.CreateAsync("lost")).Value!;
        await installation.Tokens.RevokeAsync("lost");
        Directory.CreateDirectory(Path.Combine(home.Path, "project"));
        return new AgentStage(home, installation, good, revoked);
    }

    /// <summary>Words that stand for what is known only now.</summary>
    public string Fill(string text) => text.Replace("{TOKEN}", Good.Text.Reveal(), StringComparison.Ordinal)
        .Replace("{REVOKED}", Revoked.Text.Reveal(), StringComparison.Ordinal).Replace("{HOME}", Home.Path, StringComparison.Ordinal);

    /// <summary>Puts a file into the home, for its owner alone.</summary>
    public string Put(string name, string text)
    {
        var path = Path.Combine(Home.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, Fill(text));
        Modes.Set(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public void Set(string variable, string value) => _variables[variable] = Fill(value);

    /// <summary>Looks around anew.</summary>
    public async Task<Scene> LookAsync()
    {
        var inputs = new ConfigInputs { DataDirectory = Home.DataDirectory };
        var config = ConfigLoader.Parse(System.Text.Encoding.UTF8.GetBytes(Configuration), inputs);
        config.Problems.ShouldBeEmpty();
        var tokens = await new AccessStore(_installation.Store).LoadAsync();
        return new Scene
        {
            Directory = Home.DataDirectory,
            KeyFile = Home.KeyFile,
            Environment = _variables.GetValueOrDefault,
            Location = ConfigLocation.Find(inputs),
            Config = config,
            Server = SceneSetter.Serving(Health, "http://127.0.0.1:8484"),
            Store = _installation.Store,
            Installation = _installation,
            Tokens = [.. tokens.Select(stored => stored.Token)],
            Hashes = tokens.ToDictionary(stored => stored.Hash, stored => stored.Token),
            Routes = new GatewaySnapshot(config.Config!, 1).Routes,
            At = new Surroundings(Home.Path, Path.Combine(Home.Path, "project"), _variables.GetValueOrDefault, Path.Combine(Home.Path, "machine")),
        }.WithAgents();
    }

    /// <summary>Every file of the home but our own, by path.</summary>
    public ImmutableSortedDictionary<string, string> Files() => Directory.EnumerateFiles(Home.Path, "*", SearchOption.AllDirectories)
        .Where(file => !file.StartsWith(Home.DataDirectory, StringComparison.Ordinal) && file != Home.KeyFile && !file.Contains("/.local/state/", StringComparison.Ordinal) && !file.Contains(".backup.", StringComparison.Ordinal))
        .ToImmutableSortedDictionary(file => file, File.ReadAllText);

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        Home.Dispose();
    }
}
