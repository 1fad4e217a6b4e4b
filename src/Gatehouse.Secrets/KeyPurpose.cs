namespace Gatehouse.Secrets;

/// <summary>What a data key is for: one key per purpose, so that a value sealed for one is useless to another.</summary>
public enum KeyPurpose
{
    /// <summary>Seals provider secrets in the vault.</summary>
    Vault,

    /// <summary>Keys the hashes of access tokens.</summary>
    TokenHash,

    /// <summary>Seals what conversations leave behind between exchanges.</summary>
    ConversationState,
}

/// <summary>The purposes' names as they are stored and bound into sealed values: never rename.</summary>
internal static class KeyPurposeNames
{
    /// <summary>The stored name of the row that tells whether the master key is the right one.</summary>
    public const string Verifier = "verifier";

    public static IReadOnlyList<KeyPurpose> All { get; } = [KeyPurpose.Vault, KeyPurpose.TokenHash, KeyPurpose.ConversationState];

    public static string Name(this KeyPurpose purpose) => purpose switch
    {
        KeyPurpose.Vault => "vault",
        KeyPurpose.TokenHash => "token-hash",
        KeyPurpose.ConversationState => "conversation-state",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose)),
    };
}
