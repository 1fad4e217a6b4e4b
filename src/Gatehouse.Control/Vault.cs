using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>A credential of the vault as people see it: everything but the secret.</summary>
/// <param name="Id">Its id, as in the ledger.</param>
/// <param name="Provider">The provider that it is for.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Hint">Its last four characters, when it is long enough to spare them; else empty.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Opens">Whether its row is intact; false when it was altered, and its key must be replaced.</param>
public sealed record VaultEntry(Guid Id, string Provider, string Name, string Hint, DateTimeOffset CreatedAt, bool Opens);

/// <summary>
/// Adds, lists, replaces and removes the platform's provider keys, sealed. They are the administrators'. Every change is a line in the audit log. Works on the store, whether or not a server runs on it; a running one notices by itself within a second.
/// Thread-safe.
/// </summary>
public sealed class Vault(VaultStore store, KeyRing ring, TimeProvider clock)
{
    /// <summary>
    /// Seals a provider's key and stores it. Blanks and line ends around it are dropped. A provider's newest key is the one used.
    /// </summary>
    public async Task<Edited<VaultEntry>> AddAsync(
        Actor actor, string provider, string name, Secret secret, CancellationToken cancellation = default)
    {
        if (!actor.IsAdmin) return Forbidden<VaultEntry>();
        var wrong = KeyFault(secret, out var key);
        // Not repeated: who mixes the two up gives a key in the place of the name.
        var nameless = Provider.IsName(provider) ? null : "That is no provider's name: it begins with a letter and has letters, digits, hyphens and underscores, 64 at most.";
        if ((nameless ?? GivenName.Fault(name) ?? wrong) is { } fault) return Edited.Refused<VaultEntry>(fault);
        var now = clock.Now();
        var row = SealedCredential.Seal(ring, provider.ToLowerInvariant(), name, Secret.From(key), now);
        return await store.AddAsync(row, Line(actor, now, "platform-credential.add", row), cancellation)
            ? Edited.Done(Entry(row))
            : Edited.Conflict<VaultEntry>(
                $"The provider '{row.Provider}' has a credential named '{name}' already. Choose another name, or remove that one first.");
    }

    /// <summary>Every credential of the vault, oldest first; none for others than administrators.</summary>
    public async Task<IReadOnlyList<VaultEntry>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        actor.IsAdmin ? [.. (await store.LoadAsync(cancellation)).Select(Entry)] : [];

    /// <summary>The credential with an id, with a name, or written as <c>provider/name</c>.</summary>
    public async Task<Edited<VaultEntry>> FindAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        return found.Value is { } row ? Edited.Done(Entry(row)) : found.As<VaultEntry>();
    }

    /// <summary>Replaces a credential's key. Its provider stays, for that is bound into the seal.</summary>
    public async Task<Edited<VaultEntry>> ReplaceAsync(Actor actor, string idOrName, Secret secret, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found.As<VaultEntry>();
        if (KeyFault(secret, out var key) is { } fault) return Edited.Refused<VaultEntry>(fault);
        var next = row.Replace(ring, Secret.From(key));
        return await store.ReplaceAsync(next, Line(actor, clock.Now(), "platform-credential.replace", next), cancellation)
            ? Edited.Done(Entry(next))
            : Missing<VaultEntry>(idOrName);
    }

    /// <summary>Removes a credential for good.</summary>
    public async Task<Edited<VaultEntry>> RemoveAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found.As<VaultEntry>();
        return await store.RemoveAsync(row.Id, Line(actor, clock.Now(), "platform-credential.remove", row), cancellation)
            ? Edited.Done(Entry(row))
            : Missing<VaultEntry>(idOrName);
    }

    /// <summary>Opens a credential, to ask its provider whether it takes the key; a conflict when its row was altered.</summary>
    public async Task<Edited<ProviderCredential>> OpenAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found.As<ProviderCredential>();
        return row.Open(ring) is { } opened
            ? Edited.Done(opened)
            : Edited.Conflict<ProviderCredential>($"The credential '{row.Name}' can't be opened: its row was altered. Replace its key.");
    }

    private async Task<Edited<SealedCredential>> RowAsync(Actor actor, string asked, CancellationToken cancellation)
    {
        if (!actor.IsAdmin) return Forbidden<SealedCredential>();
        var rows = await store.LoadAsync(cancellation);
        var found = Guid.TryParse(asked, out var id) ? rows.FindAll(row => row.Id == id) : [];
        if (found.Count == 0) found = rows.FindAll(row => row.Name == asked || $"{row.Provider}/{row.Name}" == asked);
        return found switch
        {
            [var one] => Edited.Done(one),
            [] => Missing<SealedCredential>(asked),
            _ => Edited.Conflict<SealedCredential>(
                GivenName.Ambiguous("credentials", asked, found.Select(row => $"{row.Id}  {row.Provider}/{row.Name}"))),
        };
    }

    private VaultEntry Entry(SealedCredential row) =>
        new(row.Id, row.Provider, row.Name, row.Hint, row.CreatedAt, row.Open(ring) is not null);

    // It will travel in a header: anything else would be refused there, or could smuggle in another header.
    private static string? KeyFault(Secret secret, out string key)
    {
        key = secret.Reveal().Trim();
        return key.Length == 0 ? "The key is empty. Give it on standard input."
            : key.Any(letter => letter is < '!' or > '~') ? "The key holds blanks, line breaks or characters that can't stand in a header. Copy it again."
            : null;
    }

    private static Edited<T> Forbidden<T>()
        where T : class => Edited.Forbidden<T>("Only an administrator sees and changes the platform's keys.");

    private static Edited<T> Missing<T>(string asked)
        where T : class => Edited.Refused<T>(
            $"There is no credential with the id or name '{asked}'. 'gatehouse credential list' shows them.", EditRefusal.NotFound);

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, SealedCredential row) => AuditLine.Of(
        actor, now, action, $"platform-credential:{row.Id}", null, ("provider", row.Provider), ("name", row.Name));
}
