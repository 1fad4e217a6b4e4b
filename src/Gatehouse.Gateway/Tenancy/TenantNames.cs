namespace Gatehouse.Gateway.Tenancy;

/// <summary>The stored and shown names of roles and modes. Never rename.</summary>
public static class TenantNames
{
    /// <summary>The longest id that is accepted, characters.</summary>
    public const int LongestId = 200;

    /// <summary><c>member</c> or <c>admin</c>.</summary>
    public static string Name(this UserRole role) => role == UserRole.Admin ? "admin" : "member";

    /// <summary><c>own</c> or <c>platform</c>.</summary>
    public static string Name(this ProviderMode mode) => mode == ProviderMode.Platform ? "platform" : "own";

    /// <summary><c>opt-in</c> or <c>fallback</c>.</summary>
    public static string Name(this ProviderModeDefault mode) => mode == ProviderModeDefault.Fallback ? "fallback" : "opt-in";

    /// <summary>Reads a role's name; null when there is no such role.</summary>
    public static UserRole? ParseRole(string? name) => name switch
    {
        "member" => UserRole.Member,
        "admin" => UserRole.Admin,
        _ => null,
    };

    /// <summary>Reads a mode's name; null when there is no such mode.</summary>
    public static ProviderMode? ParseMode(string? name) => name switch
    {
        "own" => ProviderMode.Own,
        "platform" => ProviderMode.Platform,
        _ => null,
    };

    /// <summary>Reads the name of the platform's mode; null when there is no such mode.</summary>
    public static ProviderModeDefault? ParseDefault(string? name) => name switch
    {
        "opt-in" => ProviderModeDefault.OptIn,
        "fallback" => ProviderModeDefault.Fallback,
        _ => null,
    };

    /// <summary>Whether a text may be an id: not empty, not too long, no control characters.</summary>
    public static bool IsId(string? id) => id is { Length: > 0 and <= LongestId } && !id.Any(char.IsControl);
}
