using System.Collections.Immutable;
using Gatehouse.Control;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Server;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;

namespace Gatehouse.Installations;

/// <summary>What opening an installation came to: it, or why not and what helps, which holds no secret.</summary>
/// <param name="Installation">The installation; null when there is an error.</param>
/// <param name="Error">What is wrong.</param>
internal sealed record Opening(Installation? Installation, string? Error);

/// <summary>
/// One data directory, opened: its database brought up to date, its key ring unlocked, and the edits that people make to it. Several
/// processes may have one open at the same time; a running server notices by itself what another changed. Thread-safe.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    private Installation(Store store, KeyRing keys, MasterKeySource master, string? newKeyFile)
    {
        (Store, Keys, MasterKey, NewKeyFile) = (store, keys, master, newKeyFile);
        Tokens = new Control.Tokens(new AccessStore(store), keys.TokenHasher, TimeProvider.System);
        Tenants = new TenantEditors(store, keys, TimeProvider.System, () => PrivateHosts());
    }

    /// <summary>Every table of the program.</summary>
    public static IReadOnlyList<Migration> Schema => GatewaySchema.Migrations;

    /// <summary>The database.</summary>
    public Store Store { get; }

    /// <summary>The data keys.</summary>
    public KeyRing Keys { get; }

    /// <summary>Where the master key is.</summary>
    public MasterKeySource MasterKey { get; }

    /// <summary>Replaces the vault's keys.</summary>
    public VaultRotation Rotation => new(Store, Keys, MasterKey, TimeProvider.System);

    /// <summary>The key file that was made just now, which a person should keep safe; null when there was one.</summary>
    public string? NewKeyFile { get; }

    /// <summary>Makes, lists and revokes access tokens.</summary>
    public Control.Tokens Tokens { get; }

    /// <summary>Adds, lists, replaces and removes the platform's provider keys.</summary>
    public Vault Vault => Tenants.Vault;

    /// <summary>Reads the hosts in private networks that the configuration opens to users' own credentials; none unless whoever opened this says so.</summary>
    public Func<IReadOnlyCollection<string>> PrivateHosts { get; set; } = static () => [];

    /// <summary>Users, projects, workspaces, and what is attached for them.</summary>
    public TenantEditors Tenants { get; }

    /// <summary>Whether a directory holds an installation: commands that only look make none.</summary>
    public static bool Exists(string directory) => File.Exists(Options(directory).DatabaseFile);

    /// <summary>Opens the database alone, for what needs no key.</summary>
    /// <exception cref="StoreException">The directory or database can't be used; the message says why.</exception>
    public static Task<Store> OpenStoreAsync(string directory, CancellationToken cancellation) => Store.OpenAsync(Options(directory), cancellation);

    /// <summary>As the other, for a command that only reads: a full disk does not keep it from that.</summary>
    /// <exception cref="StoreException">The directory or database can't be used; the message says why.</exception>
    public static Task<Store> OpenStoreToReadAsync(string directory, CancellationToken cancellation) =>
        Store.OpenAsync(Options(directory) with { ReadsOnFullDisk = true }, cancellation);

    /// <summary>
    /// The providers that have a key in the vault of a data directory; none where there is no database. Needs no master key.
    /// </summary>
    /// <exception cref="StoreException">The directory or database can't be used; the message says why.</exception>
    public static async Task<ImmutableArray<string>> VaultProvidersAsync(string directory, CancellationToken cancellation)
    {
        if (!Exists(directory)) return [];
        await using var store = await OpenStoreToReadAsync(directory, cancellation);
        return await VaultProvidersAsync(store, cancellation);
    }

    /// <summary>The providers that have a key in the vault.</summary>
    public Task<ImmutableArray<string>> VaultProvidersAsync(CancellationToken cancellation) => VaultProvidersAsync(Store, cancellation);

    /// <summary>Opens the installation of a data directory with this process's environment; makes it when there is none.</summary>
    /// <exception cref="StoreException">The directory or database can't be used; the message says why.</exception>
    public static Task<Opening> OpenAsync(string directory, CancellationToken cancellation = default) =>
        OpenAsync(directory, MasterKeySource.DefaultFilePath(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable,
            cancellation);

    /// <summary>As the other, for a command that only reads: a full disk does not keep it from that.</summary>
    /// <exception cref="StoreException">The directory or database can't be used; the message says why.</exception>
    public static async Task<Opening> OpenToReadAsync(string directory, CancellationToken cancellation) => await OpenAsync(
        await OpenStoreToReadAsync(directory, cancellation), MasterKeySource.DefaultFilePath(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable, cancellation);

    /// <summary>Opens the installation of a data directory; makes it when there is none.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="keyFile">Where the master key's file is, outside the data directory.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="StoreException">The directory or database can't be used; the message says why.</exception>
    public static async Task<Opening> OpenAsync(
        string directory, string keyFile, Func<string, string?> environment, CancellationToken cancellation = default) =>
        await OpenAsync(await OpenStoreAsync(directory, cancellation), keyFile, environment, cancellation);

    // The store is taken over.
    private static async Task<Opening> OpenAsync(Store store, string keyFile, Func<string, string?> environment, CancellationToken cancellation)
    {
        try
        {
            var master = new MasterKeySource(environment, keyFile, store.Directory, DataDirectory.CreatePrivate);
            var keys = await new DataKeyStore(store, TimeProvider.System).OpenAsync(master, cancellation);
            if (keys.Ring is { } ring)
            {
                var opened = new Installation(store, ring, master, keys.KeyFileCreated ? keys.Origin : null);
                // A single person needs no set-up: whatever opens the installation first makes the local user and its project.
                await opened.Tenants.Users.EnsureLocalAsync(cancellation);
                return new Opening(opened, null);
            }
            await store.DisposeAsync();
            return new Opening(null, keys.Error);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private static async Task<ImmutableArray<string>> VaultProvidersAsync(Store store, CancellationToken cancellation) =>
        [.. (await new VaultStore(store).LoadAsync(cancellation)).Select(row => row.Provider).Distinct()];

    private static StoreOptions Options(string directory) => new() { Directory = directory, Migrations = Schema };
}
