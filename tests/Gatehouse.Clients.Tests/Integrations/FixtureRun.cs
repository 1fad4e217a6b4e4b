using System.Runtime.Versioning;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Tests.Integrations;

/// <summary>One fixture laid out in a home of its own, with the setup that its head asks for.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FixtureRun : IDisposable
{
    /// <summary>A token as Gatehouse makes them, 53 characters.</summary>
    public const string Token = "ghc_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ012";

    private readonly ClientFixture _fixture;

    public FixtureRun(string client, string name)
    {
        _fixture = ClientFixture.Read(client, name);
        Client = ClientCatalog.Find(client)!;
        foreach (var variable in _fixture.Heads("variable")) Home.Set(variable.Split('=', 2)[0], variable.Split('=', 2)[1].Replace("{HOME}", Home.Home, StringComparison.Ordinal));
        foreach (var (path, text) in _fixture.Files(Home)) Home.Write(path, text);
        Integrator = new Integrator(At, TimeProvider.System);
        Path = _fixture.Head("path") is { } path1 ? Home.Full(path1) : Integrator.SettingsPath(Client, null, _fixture.Head("setup")?.Contains("project", StringComparison.Ordinal) == true);
        if (_fixture.Bytes("before", Home) is not { } before) return;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        if (_fixture.Head("link") is { } target)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Home.Full(target))!);
            File.CreateSymbolicLink(Path, Home.Full(target));
        }

        File.WriteAllBytes(Path, before);
        if (_fixture.Head("mode") is { } mode) File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32(mode, 8));
    }

    public ClientHome Home { get; } = new();

    public Client Client { get; }

    public Integrator Integrator { get; }

    /// <summary>The settings file.</summary>
    public string Path { get; }

    public Surroundings At => Home.At with { Ask = (_, _) => _fixture.Head("catalogue") is { } file ? File.ReadAllText(Home.Full(file)) : null };

    public ClientFixture Fixture => _fixture;

    /// <summary>What the head asks for, in words.</summary>
    public ClientSetup Setup
    {
        get
        {
            var words = (_fixture.Head("setup") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', 2)).ToLookup(word => word[0], word => word.Length > 1 ? word[1] : "");
            string? Word(string key) => words[key].FirstOrDefault();
            var model = Word("model") ?? (Client.HasOwnModels ? null : "claude-sonnet-4-5");
            var context = Word("context") is { } tokens ? int.Parse(tokens, System.Globalization.CultureInfo.InvariantCulture) : (int?)null;
            var stale = words["stale"].ToHashSet();
            return new ClientSetup
            {
                Gateway = new Uri(Word("gateway") ?? "http://127.0.0.1:8484"),
                Dialect = Word("dialect") is { } dialect ? DialectNames.All.First(one => one.Name() == dialect) : Client.Dialects[0],
                Token = Word("token") ?? Token,
                Credential = Word("auth") switch { "file" => CredentialPlace.File, "env" => CredentialPlace.Environment, "settings" => CredentialPlace.Settings, _ => Client.CredentialPlaces[0] },
                TokenFile = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "gatehouse-token"),
                Model = model is null ? null : new ModelChoice(model, context, context / 8, words.Contains("images") ? true : null),
                FastModel = Word("fast") is { } fast ? new ModelChoice(fast) : model is null ? null : new ModelChoice(model, context, context / 8, words.Contains("images") ? true : null),
                KeepProvider = words.Contains("keep-provider"),
                ToolReferencesSurvive = words.Contains("tools"),
                IsRouted = name => !stale.Contains(name),
            };
        }
    }

    public byte[]? Now() => File.Exists(Path) ? File.ReadAllBytes(Path) : null;

    public void Dispose() => Home.Dispose();
}
