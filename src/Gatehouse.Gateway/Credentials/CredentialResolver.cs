using System.Collections.Frozen;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Decides with whose credential a harness is served: the project's attachment, else the user's, else the platform. A project's attachment
/// that is switched off or broken stops there, for whoever put it there did not want the next one's bill; a user's own that is broken is
/// passed over. Immutable and pure; a bad row harms only what it is attached to.
/// </summary>
public sealed class CredentialResolver
{
    private readonly FrozenDictionary<(string Project, string Harness), Attachment> _ofProjects;
    private readonly FrozenDictionary<(string User, string Harness), Attachment> _ofUsers;
    private readonly FrozenDictionary<string, HarnessConfiguration> _configurations;
    private readonly FrozenDictionary<string, OpenedCredential> _credentials;

    /// <summary>Makes the resolver of a set of rows, each kind oldest first.</summary>
    public CredentialResolver(
        IEnumerable<Attachment> attachments, IEnumerable<HarnessConfiguration> configurations, IEnumerable<OpenedCredential> credentials)
    {
        var (ofProjects, ofUsers) = (new Dictionary<(string, string), Attachment>(), new Dictionary<(string, string), Attachment>());
        foreach (var attachment in attachments)
        {
            if (attachment.ProjectId is { } project)
            {
                Prefer(ofProjects, (project, attachment.Harness), attachment);
            }
            else
            {
                Prefer(ofUsers, (attachment.UserId, attachment.Harness), attachment);
            }
        }
        (_ofProjects, _ofUsers) = (ofProjects.ToFrozenDictionary(), ofUsers.ToFrozenDictionary());
        _configurations = configurations.ToFrozenDictionary(one => one.Id, StringComparer.Ordinal);
        _credentials = credentials.ToFrozenDictionary(one => one.Id, StringComparer.Ordinal);
    }

    /// <summary>Nothing attached.</summary>
    public static CredentialResolver Empty { get; } = new([], [], []);

    /// <summary>Every credential, those that can't be opened among them.</summary>
    public IReadOnlyCollection<OpenedCredential> Credentials => _credentials.Values;

    /// <summary>The credential of an id, or null.</summary>
    public OpenedCredential? FindCredential(string id) => _credentials.GetValueOrDefault(id);

    /// <summary>Resolves for a user, in a project when given.</summary>
    public ResolvedCredential Resolve(string userId, string? projectId, string harness)
    {
        if (projectId is not null && _ofProjects.GetValueOrDefault((projectId, harness)) is { } ofProject)
        {
            return Judge(ofProject, CredentialSource.ProjectAttachment, CredentialSource.Halted);
        }
        // One that its user switched off is as if it were not there, and not worth a reason.
        return _ofUsers.GetValueOrDefault((userId, harness)) is { IsActive: true } ofUser
            ? Judge(ofUser, CredentialSource.UserAttachment, CredentialSource.Platform)
            : new ResolvedCredential { Source = CredentialSource.Platform };
    }

    private ResolvedCredential Judge(Attachment attachment, CredentialSource good, CredentialSource bad)
    {
        var configuration = _configurations.GetValueOrDefault(attachment.ConfigurationId);
        if (configuration is not null && (configuration.OwnerId != attachment.UserId || configuration.Harness != attachment.Harness))
        {
            configuration = null;
        }
        var credential = configuration?.CredentialId is { } id ? _credentials.GetValueOrDefault(id) : null;
        if (credential is not null && credential.OwnerId != configuration!.OwnerId)
        {
            credential = null;
        }
        var reason = Fault(attachment, configuration, credential);
        return new ResolvedCredential
        {
            Source = reason is null ? good : bad,
            Reason = reason,
            Attachment = attachment,
            Configuration = configuration,
            Credential = reason is null ? credential : null,
        };
    }

    private static StatusReason? Fault(Attachment attachment, HarnessConfiguration? configuration, OpenedCredential? credential) =>
        (attachment, configuration, credential) switch
        {
            ({ IsActive: false }, _, _) => StatusReason.AttachmentInactive,
            (_, null, _) => StatusReason.ConfigurationMissing,
            (_, { IsActive: false }, _) => StatusReason.ConfigurationInactive,
            (_, { CredentialId: null }, _) => null,
            (_, _, null) => StatusReason.CredentialMissing,
            (_, _, { IsActive: false }) => StatusReason.CredentialInactive,
            (_, _, { Secret: null }) => StatusReason.CredentialUnreadable,
            (_, _, { Kind: CredentialKind.AuthJson, Secret: { } file }) when !AuthJson.IsOne(file) => StatusReason.InvalidAuthJson,
            _ => null,
        };

    private static void Prefer(Dictionary<(string, string), Attachment> chosen, (string, string) key, Attachment attachment)
    {
        if (!chosen.TryGetValue(key, out var other) || attachment.IsActive || !other.IsActive)
        {
            chosen[key] = attachment;
        }
    }
}
