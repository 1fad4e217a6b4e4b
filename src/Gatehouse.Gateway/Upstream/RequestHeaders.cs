using System.Collections.Immutable;
using System.Net.Http.Headers;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Access;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>Writes the headers of one call: the caller's less those that stay behind, the provider's own, and the credential. Stateless.</summary>
internal static class RequestHeaders
{
    private const string Beta = "anthropic-beta";

    /// <summary>Fills a call's headers. Values pass as they are: nothing is parsed or validated (they came through an HTTP parser already).</summary>
    public static void Write(UpstreamRequest request, ProviderTarget target, LentCredential? credential, HttpRequestMessage call)
    {
        var nominated = HeaderRules.Nominated(request.ClientHeaders.Connection);
        foreach (var (name, values) in request.ClientHeaders)
        {
            if (HeaderRules.StaysFromUpstream(name) || target.Sets(name) || nominated?.Contains(name) == true || HoldsToken(values)) continue;
            if (request.Edits.IsEmpty) Add(call, name, values);
            else if (Edited(request.Edits, name, values) is { Count: > 0 } left) Add(call, name, left);
        }

        foreach (var (name, value) in target.Headers) Add(call, name, value);
        if (request.AcceptEncoding.Length > 0) call.Headers.TryAddWithoutValidation("accept-encoding", request.AcceptEncoding);
        if (credential is not null) Present(credential, target.Auth(request.Dialect), call.Headers);
    }

    private static void Present(LentCredential credential, AuthStyle style, HttpRequestHeaders headers)
    {
        switch (style)
        {
            case AuthStyle.Bearer:
                headers.TryAddWithoutValidation("authorization", credential.Bearer);
                break;
            case AuthStyle.XApiKey:
                headers.TryAddWithoutValidation("x-api-key", credential.Key);
                break;
            case AuthStyle.ApiKey:
                headers.TryAddWithoutValidation("api-key", credential.Key);
                break;
            case AuthStyle.None:
            default:
                break;
        }
    }

    private static void Add(HttpRequestMessage call, string name, StringValues values)
    {
        if (values.Count == 1)
        {
            // Refused there when it describes the content (content-type, content-language …).
            if (!call.Headers.TryAddWithoutValidation(name, values[0])) call.Content?.Headers.TryAddWithoutValidation(name, values[0]);
        }
        else if (!call.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            call.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    /// <summary>A token of ours under whatever name: what opens the gateway is nothing that a provider may see.</summary>
    private static bool HoldsToken(StringValues values)
    {
        foreach (var value in values)
        {
            if (TokenText.OccursIn(value)) return true;
        }

        return false;
    }

    private static StringValues Edited(ImmutableArray<ProviderEdit> edits, string name, StringValues values)
    {
        foreach (var edit in edits)
        {
            if (edit.RemoveHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)) return default;
        }

        return name.Equals(Beta, StringComparison.OrdinalIgnoreCase) ? WithoutBetas(edits, values) : values;
    }

    private static StringValues WithoutBetas(ImmutableArray<ProviderEdit> edits, StringValues values)
    {
        var removed = false;
        List<string> left = [];
        foreach (var line in values)
        {
            if (line is null) continue;
            foreach (var part in line.AsSpan().Split(','))
            {
                var beta = line.AsSpan(part).Trim();
                if (beta.IsEmpty) continue;
                if (IsRemoved(edits, beta)) removed = true;
                else left.Add(beta.ToString());
            }
        }

        // Untouched unless something was taken out: the header is the client's, spaces and all.
        if (!removed) return values;
        return left.Count == 0 ? default : new StringValues(string.Join(',', left));
    }

    private static bool IsRemoved(ImmutableArray<ProviderEdit> edits, ReadOnlySpan<char> beta)
    {
        foreach (var edit in edits)
        {
            foreach (var prefix in edit.RemoveBetaPrefixes)
            {
                if (beta.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }

        return false;
    }
}
