using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>Copies an upstream's headers to the caller's answer, less those that stay behind. Stateless.</summary>
internal static class ResponseHeaders
{
    /// <summary>Copies what may pass; values are the upstream's own text, with the lent secret masked where it occurs.</summary>
    public static void Copy(HttpResponseMessage response, LentCredential? credential, IHeaderDictionary headers)
    {
        var nominated = response.Headers.NonValidated.TryGetValues("connection", out var connection)
            ? HeaderRules.Nominated(connection.ToString())
            : null;
        var redirect = (int)response.StatusCode is >= 300 and < 400;
        Copy(response.Headers.NonValidated, credential, nominated, redirect, headers);
        Copy(response.Content.Headers.NonValidated, credential, nominated, redirect, headers);
    }

    /// <summary>The first value of a header as text, unparsed; null when it is absent.</summary>
    public static string? Text(HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values) && values.Count > 0 ? First(values) : null;

    private static void Copy(
        HttpHeadersNonValidated from, LentCredential? credential, HashSet<string>? nominated, bool redirect, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (HeaderRules.StaysFromClient(name) || nominated?.Contains(name) == true) continue;
            if (redirect && name.Equals("location", StringComparison.OrdinalIgnoreCase) && LeadsAway(values.ToString())) continue;
            to[name] = values.Count == 1 ? Masked(credential, values.ToString()) : Several(credential, values);
        }
    }

    private static StringValues Several(LentCredential? credential, HeaderStringValues values)
    {
        var copy = new string[values.Count];
        var next = 0;
        foreach (var value in values) copy[next++] = Masked(credential, value);
        return copy;
    }

    private static string Masked(LentCredential? credential, string value) => credential is null ? value : credential.Mask.MaskHeader(value);

    private static string First(HeaderStringValues values)
    {
        foreach (var value in values) return value;
        return "";
    }

    /// <summary>Whether a redirect leads to another host: a client that followed it would carry its Gatehouse token there.</summary>
    public static bool LeadsAway(string location)
    {
        var value = location.AsSpan().TrimStart();
        return value.StartsWith("//") || value.StartsWith("/\\") || value.StartsWith("\\") || HasScheme(value);
    }

    private static bool HasScheme(ReadOnlySpan<char> value)
    {
        var end = value.IndexOfAny(":/?#");
        return end > 0 && value[end] == ':';
    }
}
