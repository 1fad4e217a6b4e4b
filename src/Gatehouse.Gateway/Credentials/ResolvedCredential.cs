namespace Gatehouse.Gateway.Credentials;

/// <summary>What decides how a harness is served.</summary>
public enum CredentialSource : byte
{
    /// <summary>The project's attachment.</summary>
    ProjectAttachment,

    /// <summary>The user's own attachment.</summary>
    UserAttachment,

    /// <summary>No attachment counts: the platform's keys, where they may serve.</summary>
    Platform,

    /// <summary>The project's attachment is switched off or broken: nothing serves, and nothing else is tried.</summary>
    Halted,

    /// <summary>Nothing: there is no such user, or it is locked out, or there is no such project or harness.</summary>
    Unresolved,
}

/// <summary>Why an attachment does not work.</summary>
public enum StatusReason : byte
{
    /// <summary>Its configuration does not exist, belongs to another user, or is for another harness.</summary>
    ConfigurationMissing,

    /// <summary>Its configuration is switched off.</summary>
    ConfigurationInactive,

    /// <summary>Its configuration's credential does not exist or belongs to another user.</summary>
    CredentialMissing,

    /// <summary>Its configuration's credential is switched off.</summary>
    CredentialInactive,

    /// <summary>Its configuration's credential can't be opened: the row was altered or sealed with another key.</summary>
    CredentialUnreadable,

    /// <summary>The credential's login file is not one.</summary>
    InvalidAuthJson,

    /// <summary>It is switched off.</summary>
    AttachmentInactive,
}

/// <summary>The names of sources and reasons, as they are shown and written to the ledger. Never rename.</summary>
public static class ResolutionNames
{
    /// <summary><c>project-attachment</c>, <c>user-attachment</c>, <c>platform</c>, <c>halted</c> or <c>unresolved</c>.</summary>
    public static string Name(this CredentialSource source) => source switch
    {
        CredentialSource.ProjectAttachment => "project-attachment",
        CredentialSource.UserAttachment => "user-attachment",
        CredentialSource.Platform => "platform",
        CredentialSource.Halted => "halted",
        _ => "unresolved",
    };

    /// <summary>Such as <c>credential-inactive</c>.</summary>
    public static string Name(this StatusReason reason) => reason switch
    {
        StatusReason.ConfigurationMissing => "configuration-missing",
        StatusReason.ConfigurationInactive => "configuration-inactive",
        StatusReason.CredentialMissing => "credential-missing",
        StatusReason.CredentialInactive => "credential-inactive",
        StatusReason.CredentialUnreadable => "credential-unreadable",
        StatusReason.InvalidAuthJson => "invalid-auth-json",
        _ => "attachment-inactive",
    };
}

/// <summary>
/// What resolving came to. Not a record: a printed one would show what is in it. Immutable.
/// </summary>
public sealed class ResolvedCredential
{
    /// <summary>What decides.</summary>
    public required CredentialSource Source { get; init; }

    /// <summary>
    /// Why <see cref="Attachment"/> does not work: of the project when halted, of the user when its broken attachment was passed over on the
    /// way to the platform; null when nothing is wrong.
    /// </summary>
    public StatusReason? Reason { get; init; }

    /// <summary>The attachment that decides, or the broken one that <see cref="Reason"/> is about.</summary>
    public Attachment? Attachment { get; init; }

    /// <summary>That attachment's configuration, where it exists and may be used by it.</summary>
    public HarnessConfiguration? Configuration { get; init; }

    /// <summary>
    /// The credential to serve with. Null unless the source is an attachment, and null for an attachment whose configuration leaves the keys
    /// to the platform.
    /// </summary>
    public OpenedCredential? Credential { get; init; }

    /// <summary>
    /// Whether the platform's keys are asked for: no attachment counts, or the one that does leaves it to them. Whether they may serve is
    /// another question, see <see cref="Tenancy.PlatformUse"/>.
    /// </summary>
    public bool IsPlatform => Source == CredentialSource.Platform
        || (Source is CredentialSource.ProjectAttachment or CredentialSource.UserAttachment && Credential is null);
}
