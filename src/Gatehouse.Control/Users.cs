using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>What is to be changed of a user; null members stay.</summary>
public sealed record UserChange
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Another role.</summary>
    public UserRole? Role { get; init; }

    /// <summary>Whose keys serve it; to null, what the platform says.</summary>
    public Change<ProviderMode?>? ProviderMode { get; init; }

    /// <summary>Locks it out, or lets it in again.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>
/// Adds and changes users. A user is never removed, for the ledger and the audit log name it; it is locked out instead, which a running
/// server acts on within a second. Thread-safe.
/// </summary>
public sealed class Users(TenantStore store, TimeProvider clock)
{
    /// <summary>The id and name of the user that an installation begins with.</summary>
    public const string LocalId = "local";

    /// <summary>The id and name of the project that an installation begins with.</summary>
    public const string DefaultProjectId = "default";

    /// <summary>
    /// Makes the local administrator and its project when there is no user yet, so that a single person needs no set-up; the platform's keys
    /// serve them. True when they were made just now.
    /// </summary>
    public async Task<bool> EnsureLocalAsync(CancellationToken cancellation = default)
    {
        if ((await store.UsersAsync(cancellation)).Count > 0) return false;
        var now = clock.Now();
        return await store.AddFirstAsync(
            new User(LocalId, LocalId, UserRole.Admin, ProviderMode.Platform, now, null),
            new Project(DefaultProjectId, LocalId, DefaultProjectId, null, now),
            AuditLine.Of(Actor.OfThisMachine, now, "user.add", $"user:{LocalId}", LocalId, ("name", LocalId), ("role", UserRole.Admin.Name())),
            cancellation);
    }

    /// <summary>Adds a user. Administrators only.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="name">What people call it; not taken yet.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="mode">Whose keys serve it; null for what the platform says.</param>
    /// <param name="id">An id of one's own, as of an import; null for a new one.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<User>> AddAsync(
        Actor actor, string name, UserRole role = UserRole.Member, ProviderMode? mode = null, string? id = null, CancellationToken cancellation = default)
    {
        if (!actor.IsAdmin) return Edited.Forbidden<User>("Only an administrator adds users.");
        if (GivenName.Fault(name) is { } fault) return Edited.Refused<User>(fault);
        if (id is not null && !TenantNames.IsId(id)) return Edited.Refused<User>(GivenName.BadId);
        var now = clock.Now();
        var user = new User(id ?? Moment.NewId(now), name, role, mode, now, null);
        var audit = AuditLine.Of(actor, now, "user.add", $"user:{user.Id}", user.Id, ("name", name), ("role", role.Name()), ("providerMode", mode?.Name()));
        return await store.AddUserAsync(user, audit, cancellation)
            ? Edited.Done(user)
            : Edited.Conflict<User>($"There is a user with the name '{name}' or that id already.");
    }

    /// <summary>Every user for administrators, else only the actor.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        (await store.UsersAsync(cancellation)).FindAll(user => actor.MayReach(user.Id));

    /// <summary>The user with an id or name.</summary>
    public async Task<Edited<User>> FindAsync(Actor actor, string idOrName, CancellationToken cancellation = default) =>
        Choice.One(await ListAsync(actor, cancellation), "user", idOrName, user => user.Id, user => user.Name);

    /// <summary>
    /// Changes a user. Members may rename themselves and give up the platform's keys; the rest is the administrators'. The last
    /// administrator that is not locked out stays one.
    /// </summary>
    public async Task<Edited<User>> UpdateAsync(Actor actor, string idOrName, UserChange change, CancellationToken cancellation = default)
    {
        var found = await FindAsync(actor, idOrName, cancellation);
        if (found.Value is not { } user) return found;
        if (Refuse(actor, change) is { } refusal) return refusal;
        if (change.Name is { } name && GivenName.Fault(name) is { } fault) return Edited.Refused<User>(fault);
        var now = clock.Now();
        var next = user with
        {
            Name = change.Name ?? user.Name,
            Role = change.Role ?? user.Role,
            ProviderMode = change.ProviderMode is { } mode ? mode.To : user.ProviderMode,
            DisabledAt = change.Disabled switch { true => user.DisabledAt ?? now, false => null, null => user.DisabledAt },
        };
        if (IsAdmin(user) && !IsAdmin(next) && (await store.UsersAsync(cancellation)).Count(IsAdmin) == 1)
        {
            return Edited.Conflict<User>($"'{user.Name}' is the only administrator. Make another one first.");
        }
        var audit = AuditLine.Of(
            actor, now, "user.update", $"user:{user.Id}", user.Id, ("name", next.Name), ("role", next.Role.Name()),
            ("providerMode", next.ProviderMode?.Name()), ("disabled", next.DisabledAt is null ? null : "true"));
        return await store.UpdateUserAsync(next, audit, cancellation)
            ? Edited.Done(next)
            : Edited.Conflict<User>($"There is a user with the name '{next.Name}' already.");
    }

    private static bool IsAdmin(User user) => user is { Role: UserRole.Admin, DisabledAt: null };

    private static Edited<User>? Refuse(Actor actor, UserChange change)
    {
        if (actor.IsAdmin) return null;
        if (change.Role is not null || change.Disabled is not null)
            return Edited.Forbidden<User>("Only an administrator changes roles and locks users out.");
        return change.ProviderMode is { To: not ProviderMode.Own }
            ? Edited.Forbidden<User>("Only an administrator lets the platform's keys serve a user.")
            : null;
    }
}
