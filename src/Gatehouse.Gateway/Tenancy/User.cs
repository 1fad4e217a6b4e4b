namespace Gatehouse.Gateway.Tenancy;

/// <summary>What a user may do. The names are stored: never rename.</summary>
public enum UserRole : byte
{
    /// <summary>Works with what is their own.</summary>
    Member,

    /// <summary>Looks after the platform: sees and changes what is anyone's.</summary>
    Admin,
}

/// <summary>Whose keys serve a user or a project that attached no credential of its own. The names are stored: never rename.</summary>
public enum ProviderMode : byte
{
    /// <summary>Only credentials of one's own; without one, calls are refused.</summary>
    Own,

    /// <summary>The platform's keys may serve.</summary>
    Platform,
}

/// <summary>A person or a service account that projects, credentials and tokens belong to. Immutable.</summary>
/// <param name="Id">Up to 200 characters of any text, compared ordinally; made by us it is a UUIDv7 without hyphens.</param>
/// <param name="Name">What people call it; unique, and what the command line knows it by.</param>
/// <param name="Role">What it may do.</param>
/// <param name="ProviderMode">Whose keys serve it; null leaves that to the platform's setting.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="DisabledAt">Since when it is locked out; null when it is not.</param>
public sealed record User(
    string Id, string Name, UserRole Role, ProviderMode? ProviderMode, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt);

/// <summary>A user's project: what workspaces and project credentials belong to. Immutable.</summary>
/// <param name="Id">As of a user.</param>
/// <param name="OwnerId">The user that it belongs to.</param>
/// <param name="Name">What its owner calls it; unique among theirs.</param>
/// <param name="ProviderMode">Whose keys serve it; null leaves that to its workspaces' users.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Project(string Id, string OwnerId, string Name, ProviderMode? ProviderMode, DateTimeOffset CreatedAt);

/// <summary>The place where a harness runs for a user, in a project. It holds access tokens and never a provider's key. Immutable.</summary>
/// <param name="Id">As of a user.</param>
/// <param name="ProjectId">The project that it works for.</param>
/// <param name="UserId">The user that it runs for.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="StoppedAt">When it was stopped, for good, and its tokens with it; null while it runs.</param>
public sealed record Workspace(
    string Id, string ProjectId, string UserId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? StoppedAt);
