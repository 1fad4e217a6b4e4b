using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>A credential of the vault as people see it: everything but the secret.</summary>
/// <param name="Id">Its id, as in the ledger.</param>
/// <param name="Provider">The provider that it is for.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Hint">Its last four characters, when it is long enough to spare them; else empty.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Opens">Whether its row is intact; false when it was altered and must be added again.</param>
public sealed record VaultEntry(Guid Id, string Provider, string Name, string Hint, DateTimeOffset CreatedAt, bool Opens);

/// <summary>
/// Adds, lists and removes the platform's provider keys, sealed. Works on the store, whether or not a server runs on it; a running one
/// notices
/// by itself within a second. Thread-safe.
/// </summary>
public sealed class Vault(VaultStore store, KeyRing ring, TimeProvider clock)
{
    /// <summary>
    /// Seals a provider's key and stores it. Blanks and line ends around it are dropped. A provider's newest key is the one used.
    /// </summary>
    public async Task<Edited<VaultEntry>> AddAsync(string provider, string name, Secret secret, CancellationToken cancellation = default)
    {
        if ((GivenName.Fault(provider) ?? GivenName.Fault(name)) is { } fault)
        {
            return Edited.Refused<VaultEntry>(fault);
        }
        var key = secret.Reveal().Trim();
        if (key.Length == 0)
        {
            return Edited.Refused<VaultEntry>("The key is empty. Give it on standard input.");
        }
        // It will travel in a header: anything else would be refused there, or could smuggle in another header.
        if (key.Any(letter => letter is < '!' or > '~'))
        {
            return Edited.Refused<VaultEntry>(
                "The key holds blanks, line breaks or characters that can't stand in a header. Copy it again.");
        }
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var row = SealedCredential.Seal(ring, provider.ToLowerInvariant(), name, Secret.From(key), now);
        return await store.AddAsync(row, cancellation)
            ? Edited.Done(Entry(row))
            : Edited.Refused<VaultEntry>(
                $"The provider '{row.Provider}' has a credential named '{name}' already. Choose another name, or remove that one first.");
    }

    /// <summary>Every credential of the vault, oldest first.</summary>
    public async Task<IReadOnlyList<VaultEntry>> ListAsync(CancellationToken cancellation = default) =>
        [.. (await store.LoadAsync(cancellation)).Select(Entry)];

    /// <summary>Removes the credential with an id, with a name, or written as <c>provider/name</c>.</summary>
    public async Task<Edited<VaultEntry>> RemoveAsync(string idOrName, CancellationToken cancellation = default)
    {
        var found = Matching(await ListAsync(cancellation), idOrName);
        return found switch
        {
            [var one] when await store.RemoveAsync(one.Id, cancellation) => Edited.Done(one),
            [] or [_] => Edited.Refused<VaultEntry>(
                $"There is no credential with the id or name '{idOrName}'. 'gatehouse credential list' shows them."),
            _ => Edited.Refused<VaultEntry>(
                GivenName.Ambiguous("credentials", idOrName, found.Select(entry => $"{entry.Id}  {entry.Provider}/{entry.Name}"))),
        };
    }

    private VaultEntry Entry(SealedCredential row) =>
        new(row.Id, row.Provider, row.Name, row.Hint, row.CreatedAt, row.Open(ring) is not null);

    private static List<VaultEntry> Matching(IReadOnlyList<VaultEntry> entries, string idOrName)
    {
        var byId = Guid.TryParse(idOrName, out var id) ? entries.Where(entry => entry.Id == id).ToList() : [];
        return byId.Count > 0 ? byId : [.. entries.Where(entry => entry.Name == idOrName || $"{entry.Provider}/{entry.Name}" == idOrName)];
    }
}
