namespace Gatehouse.Gateway.Access;

/// <summary>What an access token is for. The names are stored: never rename.</summary>
public enum TokenKind : byte
{
    /// <summary>A person's agents and tools: opens the data plane.</summary>
    Client,

    /// <summary>One workspace: opens the data plane and nothing else.</summary>
    Workspace,

    /// <summary>The program that looks after one workspace: never opens the data plane.</summary>
    Runner,

    /// <summary>An automatic caller such as a build server: opens the data plane.</summary>
    Service,

    /// <summary>A session of the administration: never opens the data plane.</summary>
    Admin,
}

/// <summary>What a token may be used for, within what its kind can open at all.</summary>
[Flags]
public enum TokenScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Model calls: every data route.</summary>
    Proxy = 1,

    /// <summary>Reading <c>/metrics</c> from elsewhere than loopback.</summary>
    Metrics = 2,

    /// <summary>The administration.</summary>
    Admin = 4,
}

/// <summary>The kinds' names, prefixes and limits.</summary>
public static class TokenKinds
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<TokenKind> All { get; } = Enum.GetValues<TokenKind>();

    /// <summary>The stored and shown name: <c>client</c>, <c>workspace</c>, <c>runner</c>, <c>service</c>, <c>admin</c>.</summary>
    public static string Name(this TokenKind kind) => kind switch
    {
        TokenKind.Client => "client",
        TokenKind.Workspace => "workspace",
        TokenKind.Runner => "runner",
        TokenKind.Service => "service",
        TokenKind.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Reads a kind's name; null when there is no such kind.</summary>
    public static TokenKind? Parse(string? name)
    {
        foreach (var kind in All)
        {
            if (kind.Name() == name)
            {
                return kind;
            }
        }
        return null;
    }

    /// <summary>The four characters that a token of this kind begins with.</summary>
    public static string Prefix(this TokenKind kind) => $"gh{Letter(kind)}_";

    /// <summary>The most that a token of this kind can open, whatever its scopes say.</summary>
    public static TokenScopes Reach(this TokenKind kind) => kind switch
    {
        TokenKind.Client or TokenKind.Service => TokenScopes.Proxy | TokenScopes.Metrics,
        TokenKind.Workspace => TokenScopes.Proxy,
        TokenKind.Admin => TokenScopes.Admin | TokenScopes.Metrics,
        _ => TokenScopes.None,
    };

    internal static TokenKind? OfLetter(char letter) => letter switch
    {
        'c' => TokenKind.Client,
        'w' => TokenKind.Workspace,
        'n' => TokenKind.Runner,
        'v' => TokenKind.Service,
        'a' => TokenKind.Admin,
        _ => null,
    };

    // Not r and s: GitHub's own tokens begin with ghr_ and ghs_, and secret scanners would take ours for theirs.
    private static char Letter(TokenKind kind) => kind switch
    {
        TokenKind.Client => 'c',
        TokenKind.Workspace => 'w',
        TokenKind.Runner => 'n',
        TokenKind.Service => 'v',
        TokenKind.Admin => 'a',
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
