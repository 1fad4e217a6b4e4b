using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>
/// Users' credentials: added, replaced, renamed, switched off and removed. Secrets go in and never out; where they are sent is sealed with
/// them and changes only when the secret is given again. Thread-safe.
/// </summary>
/// <param name="store">The tables.</param>
/// <param name="tenants">Knows the users.</param>
/// <param name="ring">Seals.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="privateHosts">The hosts in private networks that the operator lets users name, as configured now.</param>
public sealed class CredentialShelf(
    AttachmentStore store, TenantStore tenants, KeyRing ring, TimeProvider clock, Func<IReadOnlyCollection<string>> privateHosts)
{
    /// <summary>Adds a credential; it does nothing until it is attached.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="given">The credential.</param>
    /// <param name="ownerId">The user that it is for; null for the actor. Another's only for administrators.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<CredentialEntry>> AddAsync(
        Actor actor, NewCredential given, string? ownerId = null, CancellationToken cancellation = default)
    {
        var owner = ownerId ?? actor.UserId;
        if (await OwnerFaultAsync<CredentialEntry>(actor, owner, cancellation) is { } refusal) return refusal;
        var now = clock.Now();
        var (row, fault, warnings) = Seal(given, owner, Moment.NewId(now), now);
        if (row is null) return Edited.Refused<CredentialEntry>(fault!);
        return await store.AddAsync(row, Line(actor, now, "credential.add", row), cancellation)
            ? Edited.Done(CredentialEntry.Of(row, ring, warnings))
            : Edited.Conflict<CredentialEntry>("There is a credential with that id already.");
    }

    /// <summary>Every credential for administrators, else the actor's. Oldest first.</summary>
    public async Task<IReadOnlyList<CredentialEntry>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        [.. (await RowsAsync(actor, cancellation)).Select(row => CredentialEntry.Of(row, ring))];

    /// <summary>The credential with an id or name.</summary>
    public async Task<Edited<CredentialEntry>> FindAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        return found.Value is { } row ? Edited.Done(CredentialEntry.Of(row, ring)) : found.As<CredentialEntry>();
    }

    /// <summary>Renames a credential, or switches it on or off.</summary>
    public async Task<Edited<CredentialEntry>> UpdateAsync(
        Actor actor, string idOrName, CredentialChange change, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found.As<CredentialEntry>();
        if (change.Name is { } name && GivenName.Fault(name) is { } fault) return Edited.Refused<CredentialEntry>(fault);
        var now = clock.Now();
        var next = row with { Name = change.Name ?? row.Name, IsActive = change.IsActive ?? row.IsActive, UpdatedAt = now };
        return await store.RenameAsync(next, Line(actor, now, "credential.update", next), cancellation)
            ? Edited.Done(CredentialEntry.Of(next, ring))
            : Edited.Missing<CredentialEntry>("credential", idOrName);
    }

    /// <summary>
    /// Replaces a credential's secret. Host, dialect and provider stay as they were sealed, unless given with the secret; of a row that can't
    /// be opened they are lost and must be given.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="idOrName">The credential.</param>
    /// <param name="secret">The new secret.</param>
    /// <param name="baseUrl">Another host; null for the one it has.</param>
    /// <param name="dialect">What the host speaks; null for what it is known to.</param>
    /// <param name="provider">Another preset; null for the one it has.</param>
    /// <param name="revision">The revision that this replaces; refused as a conflict when it is another by now. Null for whatever it is.</param>
    /// <param name="by">Who is written down as having done it, where that is another than who may: a workspace's runner. Null for the actor.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<CredentialEntry>> ReplaceAsync(
        Actor actor,
        string idOrName,
        Secret secret,
        string? baseUrl = null,
        Dialect? dialect = null,
        string? provider = null,
        long? revision = null,
        Actor? by = null,
        CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found.As<CredentialEntry>();
        if (revision is { } expected && expected != row.Revision) return Outrun(row);
        var old = row.Open(ring);
        var checkedGiven = CredentialFormat.Check(
            new NewCredential
            {
                Name = row.Name,
                Kind = row.Kind,
                Secret = secret,
                BaseUrl = baseUrl ?? old.BaseUrl?.OriginalString,
                Dialect = dialect ?? old.Dialect,
                Provider = provider ?? old.Provider,
            },
            privateHosts(),
            clock.GetUtcNow());
        if (checkedGiven.Content is not { } content) return Edited.Refused<CredentialEntry>(checkedGiven.Fault!);
        var now = clock.Now();
        var next = row.Replace(ring, content, now);
        return await store.ReplaceAsync(next, Line(by ?? actor, now, "credential.replace", next), cancellation)
            ? Edited.Done(CredentialEntry.Of(next, ring, checkedGiven.Warnings))
            : Outrun(row);
    }

    /// <summary>Removes a credential for good. Configurations that used it then say that it is missing, and serve nothing.</summary>
    public async Task<Edited<CredentialEntry>> RemoveAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found.As<CredentialEntry>();
        return await store.RemoveCredentialAsync(row.Id, Line(actor, clock.Now(), "credential.remove", row), cancellation)
            ? Edited.Done(CredentialEntry.Of(row, ring))
            : Edited.Missing<CredentialEntry>("credential", idOrName);
    }

    /// <summary>Opens a credential that an actor may reach, for what must have its secret: a probe, or a login file's delivery.</summary>
    public async Task<Edited<OpenedCredential>> OpenAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await RowAsync(actor, idOrName, cancellation);
        return found.Value is { } row ? Edited.Done(row.Open(ring)) : found.As<OpenedCredential>();
    }

    /// <summary>Checks and seals what was given into a row that is not stored yet.</summary>
    internal (OwnedCredential? Row, string? Fault, IReadOnlyList<string> Warnings) Seal(
        NewCredential given, string ownerId, string id, DateTimeOffset now)
    {
        if (GivenName.Fault(given.Name) is { } fault) return (null, fault, []);
        var found = CredentialFormat.Check(given, privateHosts(), now);
        return found.Content is { } content
            ? (OwnedCredential.Seal(ring, id, ownerId, given.Name, given.Kind, content, now), null, found.Warnings)
            : (null, found.Fault, []);
    }

    /// <summary>What is wrong with acting for an owner; null when nothing is.</summary>
    internal async Task<Edited<T>?> OwnerFaultAsync<T>(Actor actor, string ownerId, CancellationToken cancellation)
        where T : class => actor.MayReach(ownerId) && (await tenants.UsersAsync(cancellation)).Exists(user => user.Id == ownerId)
        ? null
        : Edited.Missing<T>("user", ownerId);

    internal async Task<Edited<OwnedCredential>> RowAsync(Actor actor, string idOrName, CancellationToken cancellation) =>
        Choice.One(await RowsAsync(actor, cancellation), "credential", idOrName, row => row.Id, row => row.Name);

    internal CredentialEntry EntryOf(OwnedCredential row, IReadOnlyList<string> warnings) => CredentialEntry.Of(row, ring, warnings);

    internal OpenedCredential Open(OwnedCredential row) => row.Open(ring);

    private async Task<List<OwnedCredential>> RowsAsync(Actor actor, CancellationToken cancellation) =>
        (await store.CredentialsAsync(cancellation)).FindAll(row => actor.MayReach(row.OwnerId));

    private static Edited<CredentialEntry> Outrun(OwnedCredential row) =>
        Edited.Conflict<CredentialEntry>($"The secret of '{row.Name}' was replaced by someone else just now. Look at it again.");

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, OwnedCredential row) => AuditLine.Of(
        actor, now, action, $"credential:{row.Id}", row.OwnerId, ("name", row.Name), ("kind", row.Kind.Name()),
        ("active", row.IsActive ? null : "false"));
}
