using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Api;

/// <summary>Reads the words that bodies bring for roles and modes. False when a word is none of them; a null stays null.</summary>
internal static class Words
{
    /// <summary>What puts a mode back to what the next in order says.</summary>
    public const string Default = "default";

    /// <summary>What is answered to a word that is not known.</summary>
    public static ApiAnswer Unknown { get; } = ApiAnswer.Refused(
        EditRefusal.Invalid, "A role is 'member' or 'admin'; a provider mode is 'own', 'platform' or 'default'.");

    /// <summary>Reads a role.</summary>
    public static bool Role(string? word, out UserRole? role)
    {
        role = TenantNames.ParseRole(word);
        return word is null || role is not null;
    }

    /// <summary>Reads a provider mode; null when none was given.</summary>
    public static bool Mode(string? word, out Change<ProviderMode?>? mode)
    {
        var known = TenantNames.ParseMode(word);
        mode = word is null ? null : new Change<ProviderMode?>(known);
        return word is null or Default || known is not null;
    }
}
