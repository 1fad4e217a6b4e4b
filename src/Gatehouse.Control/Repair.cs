using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Control;

/// <summary>What puts a connection in order that does not work.</summary>
public enum Repair : byte
{
    /// <summary>Switching on what is off of it.</summary>
    Activate,

    /// <summary>Giving the secret again, or another one: what there was is gone or can't be used.</summary>
    GiveSecret,
}

/// <summary>Which repair helps against what.</summary>
public static class Repairs
{
    /// <summary><c>activate</c> or <c>give-secret</c>. Never rename.</summary>
    public static string Name(this Repair repair) => repair == Repair.Activate ? "activate" : "give-secret";

    /// <summary>The repair; null when nothing is wrong.</summary>
    /// <param name="reason">Why an attachment does not work; null when it does.</param>
    /// <param name="isUnfit">Whether its credential can't serve the harness.</param>
    public static Repair? Of(StatusReason? reason, bool isUnfit) => reason switch
    {
        StatusReason.AttachmentInactive or StatusReason.ConfigurationInactive or StatusReason.CredentialInactive => Repair.Activate,
        null => isUnfit ? Repair.GiveSecret : null,
        _ => Repair.GiveSecret,
    };
}
