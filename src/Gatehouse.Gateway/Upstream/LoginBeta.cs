using Gatehouse.Gateway.Credentials;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// The flag without which the vendor takes no login's token ("OAuth authentication is currently not supported"). It is put behind the betas that the
/// caller asks for, and told as the named edit <see cref="Name"/>: the one thing that is added to a call of the same dialect. Stateless.
/// </summary>
internal static class LoginBeta
{
    /// <summary>The name under which the addition is told.</summary>
    public const string Name = "claude-login-beta";

    /// <summary>The header of betas.</summary>
    public const string Header = "anthropic-beta";

    /// <summary>The vendor's flag.</summary>
    public const string Flag = "oauth-2025-04-20";

    /// <summary>Whether it is added to a call with this credential and these headers of the caller's.</summary>
    public static bool IsAdded(ProviderCredential? credential, CallerHeaders headers) => credential is { IsLogin: true } && !Has(headers.Find(Header));

    /// <summary>The values with the flag at their end; as they are when it is there.</summary>
    public static StringValues AddTo(StringValues values)
    {
        if (Has(values)) return values;
        var joined = string.Join(',', values.Where(static value => !string.IsNullOrWhiteSpace(value)));
        return joined.Length == 0 ? Flag : $"{joined},{Flag}";
    }

    private static bool Has(StringValues values)
    {
        foreach (var line in values)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan(part).Trim().Equals(Flag, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }

        return false;
    }
}
