using System.Text;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Server;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Control.Tests;

/// <summary>A store in a folder of a test's own with its key ring, and what edits it. Removed with the test.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-control-").FullName;
    private readonly List<Store> _opened = [];

    public MovableClock Clock { get; } = new();

    public Store Store => _opened[0];

    public KeyRing Ring { get; private set; } = null!;

    public Tokens Tokens { get; private set; } = null!;

    public Vault Vault { get; private set; } = null!;

    public MasterKeySource MasterKey => new(_ => null, Path.Combine(_folder, "config", "master.key"), Path.Combine(_folder, "data"), DataDirectory.CreatePrivate);

    public static async Task<StoreFixture> CreateAsync()
    {
        var fixture = new StoreFixture();
        await fixture.OpenAnotherAsync();
        fixture.Ring = (await new DataKeyStore(fixture.Store, fixture.Clock).OpenAsync(fixture.MasterKey)).Ring!;
        fixture.Tokens = new Tokens(new AccessStore(fixture.Store), fixture.Ring.TokenHasher, fixture.Clock);
        fixture.Vault = new Vault(new VaultStore(fixture.Store), fixture.Ring, fixture.Clock);
        return fixture;
    }

    /// <summary>Another instance on the same database, as a second program has it.</summary>
    public async Task<Store> OpenAnotherAsync()
    {
        var store = await Store.OpenAsync(new StoreOptions
        {
            Directory = Path.Combine(_folder, "data"),
            Migrations = GatewaySchema.Migrations,
            Readers = 1,
            PollInterval = TimeSpan.FromMilliseconds(20),
        });
        _opened.Add(store);
        return store;
    }

    /// <summary>Whether any file of the data directory (database, log and all) holds a text. Close the stores before.</summary>
    public bool DiskHolds(string text) => Directory
        .EnumerateFiles(Path.Combine(_folder, "data"), "*", SearchOption.AllDirectories)
        .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    /// <summary>Closes every store, so that the files can be read without disturbing SQLite's locks.</summary>
    public async Task CloseAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        _opened.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class MovableClock(DateTimeOffset? start = null) : TimeProvider
{
    private DateTimeOffset _now = start ?? new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Move(TimeSpan by) => _now += by;
}
