using Gatehouse.Catalog;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>What is to be changed of a configuration; null members stay.</summary>
public sealed record ConfigurationChange
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Another credential, by id or name; to null, the platform's keys.</summary>
    public Change<string?>? Credential { get; init; }

    /// <summary>Other settings, in place of all that there are.</summary>
    public HarnessSettings? Settings { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool? IsActive { get; init; }
}

/// <summary>
/// Configurations of harnesses. A credential and a harness must fit, see <see cref="CredentialFit"/>, and belong to the same user.
/// Thread-safe.
/// </summary>
public sealed class Configurations(AttachmentStore store, CredentialShelf shelf, TimeProvider clock)
{
    private const int LongestSettings = 16 * 1024;

    // Where a key is sent is sealed with it: a setting of these names would look as if it could change that.
    private static readonly string[] s_sealed = ["baseUrl", "baseURL", "base_url", "dialect", "url"];

    /// <summary>Adds a configuration; it does nothing until it is attached.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="name">What its owner calls it.</param>
    /// <param name="harness">The harness's name.</param>
    /// <param name="credential">The credential, by id or name; null for the platform's keys.</param>
    /// <param name="settings">What the harness is told besides.</param>
    /// <param name="ownerId">The user that it is for; null for the credential's owner, or the actor.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<HarnessConfiguration>> AddAsync(
        Actor actor,
        string name,
        string harness,
        string? credential = null,
        HarnessSettings? settings = null,
        string? ownerId = null,
        CancellationToken cancellation = default)
    {
        if (HarnessCatalog.Embedded.Find(harness) is not { } known)
            return Edited.Refused<HarnessConfiguration>($"There is no harness '{harness}'.");
        if ((GivenName.Fault(name) ?? SettingsFault(settings)) is { } fault) return Edited.Refused<HarnessConfiguration>(fault);
        var found = credential is null ? null : await shelf.RowAsync(actor, credential, cancellation);
        if (found is { Value: null }) return found.As<HarnessConfiguration>();
        var owner = ownerId ?? found?.Value?.OwnerId ?? actor.UserId;
        if (await shelf.OwnerFaultAsync<HarnessConfiguration>(actor, owner, cancellation) is { } refusal) return refusal;
        if (Unfit(known, owner, found?.Value) is { } unfit) return unfit;
        var now = clock.Now();
        var row = new HarnessConfiguration(
            Moment.NewId(now), owner, name, known.Name, found?.Value?.Id, settings ?? HarnessSettings.None, true);
        return await store.AddAsync(row, now, Line(actor, now, "configuration.add", row), cancellation)
            ? Edited.Done(row)
            : Edited.Conflict<HarnessConfiguration>("There is a configuration with that id already.");
    }

    /// <summary>Every configuration for administrators, else the actor's. Oldest first.</summary>
    public async Task<IReadOnlyList<HarnessConfiguration>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        (await store.ConfigurationsAsync(cancellation)).FindAll(row => actor.MayReach(row.OwnerId));

    /// <summary>The configuration with an id or name.</summary>
    public async Task<Edited<HarnessConfiguration>> FindAsync(Actor actor, string idOrName, CancellationToken cancellation = default) =>
        Choice.One(await ListAsync(actor, cancellation), "configuration", idOrName, row => row.Id, row => row.Name);

    /// <summary>Changes a configuration; a credential that does not fit is refused.</summary>
    public async Task<Edited<HarnessConfiguration>> UpdateAsync(
        Actor actor, string idOrName, ConfigurationChange change, CancellationToken cancellation = default)
    {
        var found = await FindAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found;
        if ((change.Name is { } name ? GivenName.Fault(name) : null) is { } badName) return Edited.Refused<HarnessConfiguration>(badName);
        if (SettingsFault(change.Settings) is { } badSettings) return Edited.Refused<HarnessConfiguration>(badSettings);
        var next = row with
        {
            Name = change.Name ?? row.Name,
            Settings = change.Settings ?? row.Settings,
            IsActive = change.IsActive ?? row.IsActive,
        };
        if (change.Credential is { } wanted)
        {
            var credential = wanted.To is null ? null : await shelf.RowAsync(actor, wanted.To, cancellation);
            if (credential is { Value: null }) return credential.As<HarnessConfiguration>();
            if (HarnessCatalog.Embedded.Find(row.Harness) is not { } harness)
                return Edited.Refused<HarnessConfiguration>($"There is no harness '{row.Harness}' any more.");
            if (Unfit(harness, row.OwnerId, credential?.Value) is { } unfit) return unfit;
            next = next with { CredentialId = credential?.Value?.Id };
        }
        return await store.UpdateAsync(next, Line(actor, clock.Now(), "configuration.update", next), cancellation)
            ? Edited.Done(next)
            : Edited.Missing<HarnessConfiguration>("configuration", idOrName);
    }

    /// <summary>Removes a configuration and its attachments; its credential stays.</summary>
    public async Task<Edited<HarnessConfiguration>> RemoveAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await FindAsync(actor, idOrName, cancellation);
        if (found.Value is not { } row) return found;
        return await store.RemoveConfigurationAsync(row.Id, Line(actor, clock.Now(), "configuration.remove", row), cancellation)
            ? Edited.Done(row)
            : Edited.Missing<HarnessConfiguration>("configuration", idOrName);
    }

    /// <summary>What is wrong with settings; null when nothing is.</summary>
    internal static string? SettingsFault(HarnessSettings? settings)
    {
        if (settings is null) return null;
        if (settings.Other.Keys.FirstOrDefault(name => s_sealed.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } name)
            return $"'{name}' is no setting: where a key is sent is sealed with it. Add a credential with another base URL.";
        return settings.ToJson().Length > LongestSettings ? $"The settings are longer than {LongestSettings / 1024} KiB." : null;
    }

    /// <summary>Why a credential can't serve a harness for an owner; null when it can.</summary>
    internal Edited<HarnessConfiguration>? Unfit(Harness harness, string ownerId, OwnedCredential? row)
    {
        if (row is null)
        {
            return harness.Proxied
                ? null
                : Edited.Refused<HarnessConfiguration>($"The platform's keys can't serve {harness.Label}. {harness.NativeReason}");
        }
        if (row.OwnerId != ownerId) return Edited.Missing<HarnessConfiguration>("credential", row.Id);
        var opened = shelf.Open(row);
        if (opened.Secret is not { } secret)
            return Edited.Conflict<HarnessConfiguration>($"The credential '{row.Name}' can't be opened: its row was altered. Replace its secret first.");
        if (CredentialFit.Of(harness, opened).Refusal is { } refusal) return Edited.Refused<HarnessConfiguration>(refusal);
        return row.Kind == CredentialKind.ApiKey
            && CredentialFormat.KeyFaultOf(opened.Provider ?? harness.DefaultProvider, secret.Reveal()) is { } fault
                ? Edited.Refused<HarnessConfiguration>(fault)
                : null;
    }

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, HarnessConfiguration row) => AuditLine.Of(
        actor, now, action, $"configuration:{row.Id}", row.OwnerId, ("name", row.Name), ("harness", row.Harness),
        ("credential", row.CredentialId), ("active", row.IsActive ? null : "false"));
}
