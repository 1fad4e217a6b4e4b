namespace Gatehouse.Gateway.Access;

/// <summary>Scopes as text: names separated by blanks, as they are stored and shown. Never rename.</summary>
public static class TokenScopeNames
{
    private static readonly (TokenScopes Scope, string Name)[] s_names =
        [(TokenScopes.Proxy, "proxy"), (TokenScopes.Metrics, "metrics"), (TokenScopes.Admin, "admin")];

    /// <summary>The scopes' names, such as <c>proxy metrics</c>; empty for none.</summary>
    public static string Text(this TokenScopes scopes) =>
        string.Join(' ', s_names.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name));

    /// <summary>Reads scopes; names that are not known (of a later version) grant nothing.</summary>
    public static TokenScopes Parse(string text)
    {
        var names = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return s_names.Where(pair => names.Contains(pair.Name)).Aggregate(TokenScopes.None, (all, pair) => all | pair.Scope);
    }
}
