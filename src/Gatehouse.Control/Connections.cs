using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>A secret with which a connection is repaired. A class, so that nothing prints it.</summary>
public sealed class GivenSecret
{
    /// <summary>The key, token or login file.</summary>
    public required Secret Secret { get; init; }

    /// <summary>What it is; null for what there was, or what it looks like.</summary>
    public CredentialKind? Kind { get; init; }

    /// <summary>For an API key: the preset whose it is.</summary>
    public string? Provider { get; init; }

    /// <summary>For the compatible kinds: the host.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>For the compatible kinds: what the host speaks.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>The same as a credential to add.</summary>
    public NewCredential As(string name) => new()
    {
        Name = name,
        Kind = Kind ?? NewCredential.KindOf(Secret, BaseUrl, Dialect),
        Secret = Secret,
        Provider = Provider,
        BaseUrl = BaseUrl,
        Dialect = Dialect,
    };
}

/// <summary>
/// A harness's connection as a whole, for whoever knows the harness and no id: which credential serves it in a place, and putting it in order
/// when it does not work. Making and taking away are <see cref="Attachments"/>'. Thread-safe.
/// </summary>
public sealed class Connections(AttachmentStore store, CredentialShelf shelf, Attachments attachments, TimeProvider clock)
{
    /// <summary>Opens the credential that serves a harness for a user, or in a project, to check it; not found when none of one's own does.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="table">What is attached, as of now.</param>
    /// <param name="harness">The harness's name.</param>
    /// <param name="project">The project, by id or name; null for the user's own default.</param>
    /// <param name="ownerId">The user; null for the actor.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<OpenedCredential>> OpenAsync(
        Actor actor, TenantTable table, string harness, string? project = null, string? ownerId = null, CancellationToken cancellation = default)
    {
        var found = await ResolveAsync(actor, table, harness, project, ownerId, cancellation);
        if (found.Value is not { } there) return found.As<OpenedCredential>();
        return (there.Resolved.Credential ?? Named(table, there.Resolved)) is { } credential
            ? Edited.Done(credential)
            : Edited.Refused<OpenedCredential>($"No credential of one's own is connected to {there.Harness.Label} there.", EditRefusal.NotFound);
    }

    /// <summary>
    /// Puts in order what does not work of a harness's connection: switches on what is off, or puts a new secret in place of one that is gone or can't
    /// be used. One action in one transaction; a conflict when nothing is wrong.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="table">What is attached, as of now.</param>
    /// <param name="harness">The harness's name.</param>
    /// <param name="given">The secret, where <see cref="Repair.GiveSecret"/> is what helps; otherwise not looked at.</param>
    /// <param name="project">The project, by id or name; null for the user's own default.</param>
    /// <param name="ownerId">The user; null for the actor.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<Attachment>> RepairAsync(
        Actor actor,
        TenantTable table,
        string harness,
        GivenSecret? given = null,
        string? project = null,
        string? ownerId = null,
        CancellationToken cancellation = default)
    {
        var found = await ResolveAsync(actor, table, harness, project, ownerId, cancellation);
        if (found.Value is not ({ } known, { } resolved)) return found.As<Attachment>();
        var unfit = resolved.Credential is { } used && CredentialFit.Of(known, used).Refusal is not null;
        if (resolved.Attachment is not { } attachment || Repairs.Of(resolved.Reason, unfit) is not { } repair)
            return Edited.Conflict<Attachment>($"Nothing is wrong with what is connected to {known.Label} there.");
        if (repair == Repair.Activate) return await ActivateAsync(actor, attachment, resolved, table, cancellation);
        if (given is null) return Edited.Refused<Attachment>("What there was is gone or can't be used: give the secret again, or another one.");
        return resolved.Reason is StatusReason.CredentialUnreadable or StatusReason.InvalidAuthJson && given.Kind is null
            ? await ReplaceAsync(actor, attachment, resolved.Configuration!.CredentialId!, given, cancellation)
            : await ReconnectAsync(actor, attachment, known, given, cancellation);
    }

    private async Task<Edited<Attachment>> ActivateAsync(
        Actor actor, Attachment attachment, ResolvedCredential resolved, TenantTable table, CancellationToken cancellation)
    {
        var now = clock.Now();
        var audit = AuditLine.Of(
            actor, now, "connection.repair", $"attachment:{attachment.Id}", attachment.UserId, ("harness", attachment.Harness),
            ("project", attachment.ProjectId), ("repair", Repair.Activate.Name()));
        return await store.ActivateAsync(attachment, resolved.Configuration?.Id, Named(table, resolved)?.Id, now, audit, cancellation)
            ? Edited.Done(attachment with { IsActive = true })
            : Edited.Conflict<Attachment>("It was changed by someone else just now. Look at it again.");
    }

    private async Task<Edited<Attachment>> ReplaceAsync(
        Actor actor, Attachment attachment, string credentialId, GivenSecret given, CancellationToken cancellation)
    {
        var replaced = await shelf.ReplaceAsync(
            actor, credentialId, given.Secret, given.BaseUrl, given.Dialect, given.Provider, cancellation: cancellation);
        return replaced.Value is null ? replaced.As<Attachment>() : Edited.Done(attachment);
    }

    private async Task<Edited<Attachment>> ReconnectAsync(
        Actor actor, Attachment attachment, Harness harness, GivenSecret given, CancellationToken cancellation)
    {
        var made = await attachments.ConnectAsync(
            actor, harness.Name, given.As(harness.Label), attachment.ProjectId, null, attachment.UserId, cancellation);
        return made.Value is { } connection ? Edited.Done(connection.Attachment) : made.As<Attachment>();
    }

    private async Task<Edited<Found>> ResolveAsync(
        Actor actor, TenantTable table, string harness, string? project, string? ownerId, CancellationToken cancellation)
    {
        if (HarnessCatalog.Embedded.Find(harness) is not { } known) return Edited.Refused<Found>($"There is no harness '{harness}'.");
        var place = await attachments.PlaceAsync(actor, ownerId, project, cancellation);
        if (place.Value is not { } at) return place.As<Found>();
        return await shelf.OwnerFaultAsync<Found>(actor, at.OwnerId, cancellation)
            ?? Edited.Done(new Found(known, table.Resolve(at.OwnerId, at.ProjectId, known.Name)));
    }

    // The credential that the configuration names, also where it does not work; never another user's.
    private static OpenedCredential? Named(TenantTable table, ResolvedCredential resolved) =>
        resolved.Configuration is { CredentialId: { } id } configuration && table.FindCredential(id) is { } credential && credential.OwnerId == configuration.OwnerId
            ? credential : null;

    private sealed record Found(Harness Harness, ResolvedCredential Resolved);
}
