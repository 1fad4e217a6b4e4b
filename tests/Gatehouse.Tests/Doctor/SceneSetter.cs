using System.Text.Json;
using Gatehouse.Doctor;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Processes;
using Gatehouse.Storage;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

/// <summary>A healthy installation with a server that answers, of which a test spoils one thing.</summary>
internal sealed class SceneSetter : IAsyncDisposable
{
    private const string Health =
        """
        { "status": "ok", "ledger": { "pending_rows": 3, "lost_records": 0 }, "configuration": { "version": 1 },
          "providers": [ { "name": "openai", "state": "ok", "key_from": "OPENAI_API_KEY", "consecutive_faults": 0, "clock_ahead_seconds": 1.2 } ] }
        """;

    private SceneSetter(TemporaryHome home, Scene scene) => (Home, Scene) = (home, scene);

    public TemporaryHome Home { get; }

    public Scene Scene { get; private set; }

    /// <summary>Sets it up: a database, a master key, one token, and what a server would say of itself.</summary>
    public static async Task<SceneSetter> SetAsync(string health = Health, string? configuration = null)
    {
        var home = new TemporaryHome();
        var installation = (await Installation.OpenAsync(home.DataDirectory, home.KeyFile, _ => null)).Installation!;
        await installation.Tokens.CreateAsync("laptop");
        return new SceneSetter(home, Of(home, configuration) with
        {
            Server = Serving(health),
            Installation = installation,
            Store = installation.Store,
            Tokens = await installation.Tokens.ListAsync(),
        });
    }

    /// <summary>A scene with nothing in it.</summary>
    public static Scene Of(TemporaryHome home, string? configuration = null, params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(v => v.Name, v => v.Value);
        var inputs = new ConfigInputs { DataDirectory = home.DataDirectory, Environment = variables };
        if (configuration is not null) inputs = inputs with { File = home.Write("gatehouse.json", configuration) };
        return new Scene
        {
            Directory = home.DataDirectory,
            KeyFile = home.KeyFile,
            Environment = variables.GetValueOrDefault,
            Location = ConfigLocation.Find(inputs),
            Config = ConfigLoader.Load(inputs),
        };
    }

    /// <summary>A server that says this of itself.</summary>
    public static RunningServer Serving(string health, string address = "http://127.0.0.1:9") => new(4711, address, JsonDocument.Parse(health).RootElement.Clone());

    /// <summary>Spoils it.</summary>
    public SceneSetter With(Func<Scene, Scene> change)
    {
        Scene = change(Scene);
        return this;
    }

    /// <summary>Runs one check.</summary>
    public Task<IReadOnlyList<CheckResult>> RunAsync(Check check) => check.RunAsync(Scene, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Scene.DisposeAsync();
        Home.Dispose();
    }
}
