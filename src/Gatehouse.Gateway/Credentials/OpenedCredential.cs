using Gatehouse.Dialects;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// A user's credential in memory, with its secret, as snapshots hold it. A row that can't be opened is one too, without a secret, so that it
/// is told instead of looking absent. A class, so that nothing prints it. Immutable and thread-safe.
/// </summary>
public sealed class OpenedCredential
{
    private readonly CredentialContent? _content;
    private CredentialMask? _mask;

    internal OpenedCredential(OwnedCredential row, CredentialContent? content)
    {
        (Id, OwnerId, Name, Kind, IsActive) = (row.Id, row.OwnerId, row.Name, row.Kind, row.IsActive);
        (Hint, CreatedAt, UpdatedAt, Revision) = (row.Hint, row.CreatedAt, row.UpdatedAt, row.Revision);
        _content = content;
    }

    /// <summary>Its id; what the ledger records.</summary>
    public string Id { get; }

    /// <summary>The user that it belongs to.</summary>
    public string OwnerId { get; }

    /// <summary>What its owner calls it.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public CredentialKind Kind { get; }

    /// <summary>Whether it may be used.</summary>
    public bool IsActive { get; }

    /// <summary>The secret's last four characters, or empty.</summary>
    public string Hint { get; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; }

    /// <summary>Counts its secrets: whatever is made of one is stale when this moved.</summary>
    public long Revision { get; }

    /// <summary>The key, token or login file; null when the row can't be opened.</summary>
    public Secret? Secret => _content?.Secret;

    /// <summary>The host that it is for, as sealed; null when that follows from the provider.</summary>
    public Uri? BaseUrl => _content?.BaseUrl;

    /// <summary>What that host speaks, as sealed; null when it follows from the provider.</summary>
    public Dialect? Dialect => _content?.Dialect;

    /// <summary>The preset that it is for, as sealed; null for the one that its harness usually calls.</summary>
    public string? Provider => _content?.Provider;

    /// <summary>Masks the secret in what goes back to a client; made at first need and kept.</summary>
    public CredentialMask Mask => _mask ??= new CredentialMask(Secret ?? Secret.From(""));
}
