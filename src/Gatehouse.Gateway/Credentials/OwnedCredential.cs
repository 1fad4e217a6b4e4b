using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>A user's credential as it is stored: sealed, and bound to its row, owner and kind. Immutable.</summary>
/// <param name="Id">Up to 200 characters of any text, compared ordinally.</param>
/// <param name="OwnerId">The user that it belongs to.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsActive">Whether it may be used.</param>
/// <param name="Hint">The secret's last four characters if it is long enough to spare them, else empty.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Revision">Counts the secrets that it has had, from 1: what a replacement compares before it swaps.</param>
/// <param name="KeyId">The data key that it is sealed with.</param>
/// <param name="Sealed">The sealed <see cref="CredentialContent"/>.</param>
public sealed record OwnedCredential(
    string Id,
    string OwnerId,
    string Name,
    CredentialKind Kind,
    bool IsActive,
    string Hint,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Revision,
    Guid KeyId,
    byte[] Sealed)
{
    private const int LongEnoughForHint = 20;

    /// <summary>Seals a new credential.</summary>
    public static OwnedCredential Seal(
        KeyRing ring, string id, string ownerId, string name, CredentialKind kind, CredentialContent content, DateTimeOffset now) =>
        new(id, ownerId, name, kind, true, HintOf(kind, content.Secret), now, now, 1, ring.KeyId(KeyPurpose.Vault),
            ring.Seal(KeyPurpose.Vault, RowId(id, ownerId, kind), content.ToUtf8()));

    /// <summary>The same credential with another secret, of the next revision.</summary>
    public OwnedCredential Replace(KeyRing ring, CredentialContent content, DateTimeOffset now) => this with
    {
        Hint = HintOf(Kind, content.Secret),
        UpdatedAt = now,
        Revision = Revision + 1,
        KeyId = ring.KeyId(KeyPurpose.Vault),
        Sealed = ring.Seal(KeyPurpose.Vault, RowId(Id, OwnerId, Kind), content.ToUtf8()),
    };

    /// <summary>Opens it. The result has no secret when the row was altered, moved, or sealed with a key that is not in the ring.</summary>
    public OpenedCredential Open(KeyRing ring) => new(this, TryOpen(ring));

    /// <summary>The same row sealed with the ring's newest key; null when it can't be opened. No new revision: the secret is the same.</summary>
    internal OwnedCredential? Reseal(KeyRing ring) => ring.TryOpen(KeyPurpose.Vault, RowId(Id, OwnerId, Kind), Sealed) is { } plain
        ? this with { KeyId = ring.KeyId(KeyPurpose.Vault), Sealed = ring.Seal(KeyPurpose.Vault, RowId(Id, OwnerId, Kind), plain) }
        : null;

    /// <summary>What is sealed; null when it can't be opened.</summary>
    internal CredentialContent? TryOpen(KeyRing ring) =>
        ring.TryOpen(KeyPurpose.Vault, RowId(Id, OwnerId, Kind), Sealed) is { } plain ? CredentialContent.TryRead(plain) : null;

    // Ids may hold any character, so each is told by its length: no two rows give the same text.
    private static string RowId(string id, string ownerId, CredentialKind kind) =>
        $"owned_credentials/{id.Length}:{id}/{ownerId.Length}:{ownerId}/{kind.Name()}";

    // The end of a login file is punctuation and tells nothing; of a key it tells keys apart.
    private static string HintOf(CredentialKind kind, Secret secret) =>
        kind != CredentialKind.AuthJson && secret.Reveal() is { Length: >= LongEnoughForHint } text ? text[^4..] : "";
}
