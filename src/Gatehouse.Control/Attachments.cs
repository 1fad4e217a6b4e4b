using Gatehouse.Catalog;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>A connection that was made or replaced: the three rows that it consists of.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Configuration">The configuration.</param>
/// <param name="Attachment">The attachment.</param>
public sealed record Connection(CredentialEntry Credential, HarnessConfiguration Configuration, Attachment Attachment);

/// <summary>Where something is attached: for a user, or for a project of that user.</summary>
internal sealed record ConnectionPlace(string OwnerId, string? ProjectId);

/// <summary>What was disconnected.</summary>
/// <param name="Removed">How many attachments there were.</param>
public sealed record Disconnection(int Removed);

/// <summary>
/// Attachments: which configuration counts for a user, or for a project. Attaching replaces whatever was attached there, as one action, so
/// that exactly one stays. Thread-safe.
/// </summary>
public sealed class Attachments(
    AttachmentStore store, TenantStore tenants, CredentialShelf shelf, Configurations configurations, TimeProvider clock)
{
    /// <summary>Attaches a configuration for its owner ("make default"), or for a project of its owner ("project override").</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="configuration">The configuration, by id or name.</param>
    /// <param name="project">The project, by id or name; null for the owner's own default.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<Attachment>> AttachAsync(
        Actor actor, string configuration, string? project = null, CancellationToken cancellation = default)
    {
        var found = await configurations.FindAsync(actor, configuration, cancellation);
        if (found.Value is not { } row) return found.As<Attachment>();
        var place = await PlaceAsync(actor, row.OwnerId, project, cancellation);
        if (place.Value is not { } at) return place.As<Attachment>();
        var now = clock.Now();
        var attachment = new Attachment(Moment.NewId(now), row.Id, row.Harness, row.OwnerId, at.ProjectId, true);
        await store.AttachAsync(attachment, now, Line(actor, now, "attachment.add", attachment), cancellation);
        return Edited.Done(attachment);
    }

    /// <summary>
    /// Connects a harness with a new credential: credential, configuration and attachment are made, and what was attached there is taken
    /// away, as one action. A credential and configuration that an earlier connection made go with it, but for its settings, which stay unless
    /// others are given.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="harness">The harness's name.</param>
    /// <param name="given">The credential.</param>
    /// <param name="project">The project, by id or name; null for the owner's own default.</param>
    /// <param name="settings">What the harness is told besides; null for what it is told there now.</param>
    /// <param name="ownerId">The user that it is for; null for the project's owner, or the actor.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<Connection>> ConnectAsync(
        Actor actor,
        string harness,
        NewCredential given,
        string? project = null,
        HarnessSettings? settings = null,
        string? ownerId = null,
        CancellationToken cancellation = default)
    {
        if (HarnessCatalog.Embedded.Find(harness) is not { } known) return Edited.Refused<Connection>($"There is no harness '{harness}'.");
        if (Configurations.SettingsFault(settings) is { } badSettings) return Edited.Refused<Connection>(badSettings);
        var place = await PlaceAsync(actor, ownerId, project, cancellation);
        if (place.Value is not { } at) return place.As<Connection>();
        if (await shelf.OwnerFaultAsync<Connection>(actor, at.OwnerId, cancellation) is { } refusal) return refusal;
        var now = clock.Now();
        var id = Moment.NewId(now);
        var (credential, fault, warnings) = shelf.Seal(given, at.OwnerId, id, now);
        if (credential is null) return Edited.Refused<Connection>(fault!);
        if (configurations.Unfit(known, at.OwnerId, credential) is { } unfit) return unfit.As<Connection>();
        var configuration = new HarnessConfiguration(id, at.OwnerId, given.Name, known.Name, id, settings ?? await SettingsAsync(at, known.Name, cancellation), true);
        var attachment = new Attachment(id, id, known.Name, at.OwnerId, at.ProjectId, true);
        await store.ConnectAsync(credential, configuration, attachment, Line(actor, now, "connection.set", attachment), cancellation);
        return Edited.Done(new Connection(shelf.EntryOf(credential, warnings), configuration, attachment));
    }

    /// <summary>Every attachment for administrators, else the actor's. Oldest first.</summary>
    public async Task<IReadOnlyList<Attachment>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        (await store.AttachmentsAsync(cancellation)).FindAll(row => actor.MayReach(row.UserId));

    /// <summary>
    /// Switches an attachment on or off. One of a project that is off stops its harness there; one of a user that is off is as if it were
    /// not there.
    /// </summary>
    public async Task<Edited<Attachment>> SetActiveAsync(Actor actor, string id, bool active, CancellationToken cancellation = default)
    {
        if (await FindAsync(actor, id, cancellation) is not { } row) return Edited.Missing<Attachment>("attachment", id);
        var next = row with { IsActive = active };
        return await store.SetActiveAsync(row, active, Line(actor, clock.Now(), "attachment.update", next), cancellation)
            ? Edited.Done(next)
            : Edited.Conflict<Attachment>("Another attachment is active in its place. Switch that one off first.");
    }

    /// <summary>Removes an attachment; what comes next in order serves then. Its configuration and credential stay.</summary>
    public async Task<Edited<Attachment>> RemoveAsync(Actor actor, string id, CancellationToken cancellation = default)
    {
        if (await FindAsync(actor, id, cancellation) is not { } row) return Edited.Missing<Attachment>("attachment", id);
        return await store.RemoveAttachmentAsync(row.Id, Line(actor, clock.Now(), "attachment.remove", row), cancellation)
            ? Edited.Done(row)
            : Edited.Missing<Attachment>("attachment", id);
    }

    /// <summary>
    /// Takes away whatever is attached for a user, or for a project, and a harness, so that what comes next in order serves. What a
    /// connection made goes with it; rows that were made one by one stay. Nothing attached is no error.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="harness">The harness's name.</param>
    /// <param name="project">The project, by id or name; null for the user's own default.</param>
    /// <param name="ownerId">The user; null for the actor.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<Disconnection>> DisconnectAsync(
        Actor actor, string harness, string? project = null, string? ownerId = null, CancellationToken cancellation = default)
    {
        if (HarnessCatalog.Embedded.Find(harness) is not { } known) return Edited.Refused<Disconnection>($"There is no harness '{harness}'.");
        var place = await PlaceAsync(actor, ownerId, project, cancellation);
        if (place.Value is not { } at) return place.As<Disconnection>();
        if (await shelf.OwnerFaultAsync<Disconnection>(actor, at.OwnerId, cancellation) is { } refusal) return refusal;
        var audit = AuditLine.Of(
            actor, clock.Now(), "connection.remove", $"harness:{known.Name}", at.OwnerId, ("harness", known.Name), ("project", at.ProjectId));
        return Edited.Done(new Disconnection(await store.DisconnectAsync(at.OwnerId, at.ProjectId, known.Name, audit, cancellation)));
    }

    private async Task<Attachment?> FindAsync(Actor actor, string id, CancellationToken cancellation) =>
        (await ListAsync(actor, cancellation)).FirstOrDefault(row => row.Id == id);

    private async Task<HarnessSettings> SettingsAsync(ConnectionPlace at, string harness, CancellationToken cancellation)
    {
        var attached = (await store.AttachmentsAsync(cancellation)).FindLast(
            row => row.Harness == harness && row.UserId == at.OwnerId && row.ProjectId == at.ProjectId);
        var configuration = attached is null ? null : (await store.ConfigurationsAsync(cancellation)).Find(row => row.Id == attached.ConfigurationId);
        return configuration is not null && configuration.OwnerId == at.OwnerId && configuration.Harness == harness
            ? configuration.Settings : HarnessSettings.None;
    }

    // A project's attachments are its owner's: another user's configuration must not be spent there, nor theirs elsewhere.
    internal async Task<Edited<ConnectionPlace>> PlaceAsync(Actor actor, string? ownerId, string? project, CancellationToken cancellation)
    {
        if (project is null) return Edited.Done(new ConnectionPlace(ownerId ?? actor.UserId, null));
        var found = await new Projects(tenants, clock).FindAsync(actor, project, cancellation);
        if (found.Value is not { } its) return found.As<ConnectionPlace>();
        return ownerId is null || ownerId == its.OwnerId
            ? Edited.Done(new ConnectionPlace(its.OwnerId, its.Id))
            : Edited.Missing<ConnectionPlace>("project", project);
    }

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, Attachment row) => AuditLine.Of(
        actor, now, action, $"attachment:{row.Id}", row.UserId, ("harness", row.Harness), ("project", row.ProjectId),
        ("configuration", row.ConfigurationId), ("active", row.IsActive ? null : "false"));
}
