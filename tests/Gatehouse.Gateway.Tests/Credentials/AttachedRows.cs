using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Credentials;

/// <summary>The states that an attachment can be in, with the reason that a person is told for each; null where it works.</summary>
public enum Attached
{
    None,
    Good,
    PlatformManaged,
    Inactive,
    ConfigurationMissing,
    ConfigurationOfAnother,
    ConfigurationOfAnotherHarness,
    ConfigurationInactive,
    CredentialMissing,
    CredentialOfAnother,
    CredentialInactive,
    CredentialUnreadable,
    InvalidAuthJson,
}

/// <summary>Rows in a given state, for a user's place or a project's.</summary>
internal sealed class AttachedRows
{
    public const string Harness = "openai-codex";
    public const string User = "ann";
    public const string Project = "her project";
    public const string Key = "sk-canary-of-attached-rows-0123456789";
    private static readonly KeyRing _ring = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;

    public List<Attachment> Attachments { get; } = [];

    public List<HarnessConfiguration> Configurations { get; } = [];

    public List<OpenedCredential> Credentials { get; } = [];

    public CredentialResolver Resolver => new(Attachments, Configurations, Credentials);

    /// <summary>Adds rows in a state; ids begin with the place's name.</summary>
    public AttachedRows Add(string place, string? project, Attached state)
    {
        if (state == Attached.None) return this;
        Attachments.Add(new Attachment($"{place}-a", $"{place}-c", Harness, User, project, state != Attached.Inactive));
        if (state != Attached.ConfigurationMissing) Configurations.Add(Configuration(place, state));
        if (state is not (Attached.CredentialMissing or Attached.PlatformManaged)) Credentials.Add(Credential(place, state).Open(_ring));
        return this;
    }

    private static HarnessConfiguration Configuration(string place, Attached state) => new(
        $"{place}-c",
        state == Attached.ConfigurationOfAnother ? "bob" : User,
        $"{place} configuration",
        state == Attached.ConfigurationOfAnotherHarness ? "claude-code" : Harness,
        state == Attached.PlatformManaged ? null : $"{place}-k",
        HarnessSettings.None,
        state != Attached.ConfigurationInactive);

    private static OwnedCredential Credential(string place, Attached state)
    {
        var kind = state == Attached.InvalidAuthJson ? CredentialKind.AuthJson : CredentialKind.ApiKey;
        var owner = state == Attached.CredentialOfAnother ? "bob" : User;
        var row = OwnedCredential.Seal(
            _ring, $"{place}-k", owner, $"{place} key", kind, new CredentialContent { Secret = Secret.From(Key) }, DateTimeOffset.UnixEpoch);
        return row with
        {
            IsActive = state != Attached.CredentialInactive,
            Sealed = state == Attached.CredentialUnreadable ? [.. row.Sealed[..^1], (byte)(row.Sealed[^1] ^ 1)] : row.Sealed,
        };
    }
}
