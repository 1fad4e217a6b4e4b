using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Access;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>Takes the headers of one call as they will be sent.</summary>
internal interface IHeaderSink
{
    /// <summary>A header and its values as they are; one without values is none.</summary>
    void Add(RequestHeaderName name, StringValues values);
}

/// <summary>Chooses the headers of one call: the caller's less those that stay behind, the provider's own, and the credential. Stateless.</summary>
internal static class RequestHeaders
{
    private static readonly RequestHeaderName s_beta = RequestHeaderName.Of(LoginBeta.Header);
    private static readonly RequestHeaderName s_acceptEncoding = RequestHeaderName.Of("accept-encoding");
    private static readonly RequestHeaderName s_authorization = RequestHeaderName.Of("authorization");
    private static readonly RequestHeaderName s_xApiKey = RequestHeaderName.Of("x-api-key");
    private static readonly RequestHeaderName s_apiKey = RequestHeaderName.Of("api-key");

    /// <summary>Gives a call's headers to the sink. Values pass as they are: nothing is parsed (they came through an HTTP parser already).</summary>
    public static void Write<TSink>(UpstreamRequest request, ProviderTarget target, LentCredential? credential, ref TSink sink)
        where TSink : IHeaderSink, allows ref struct
    {
        var nominated = HeaderRules.Nominated(request.ClientHeaders.Find(HeaderPart.Connection));
        var isLogin = credential is { Of.IsLogin: true };
        StringValues betas = default;
        foreach (ref readonly var line in request.ClientHeaders.Lines)
        {
            var (name, values) = line;
            if (name.Stays || target.Sets(name.Text) || nominated?.Contains(name.Text) == true || HoldsToken(values)) continue;
            var left = request.Edits.IsEmpty ? values : Edited(request.Edits, name.Text, values);
            if (isLogin && IsBeta(name.Text)) betas = left;
            else if (request.Edits.IsEmpty || left.Count > 0) sink.Add(name, left);
        }

        foreach (var (name, value) in target.Headers)
        {
            if (isLogin && IsBeta(name.Text)) betas = value;
            else sink.Add(name, value);
        }

        if (isLogin) sink.Add(s_beta, LoginBeta.AddTo(betas));
        if (request.AcceptEncoding.Length > 0) sink.Add(s_acceptEncoding, request.AcceptEncoding);
        if (credential is not null) Present(credential, isLogin ? AuthStyle.Bearer : target.Auth(request.Dialect), ref sink);
    }

    private static bool IsBeta(string name) => name.Equals(LoginBeta.Header, StringComparison.OrdinalIgnoreCase);

    private static void Present<TSink>(LentCredential credential, AuthStyle style, ref TSink sink)
        where TSink : IHeaderSink, allows ref struct
    {
        switch (style)
        {
            case AuthStyle.Bearer:
                sink.Add(s_authorization, credential.Bearer);
                break;
            case AuthStyle.XApiKey:
                sink.Add(s_xApiKey, credential.Key);
                break;
            case AuthStyle.ApiKey:
                sink.Add(s_apiKey, credential.Key);
                break;
            case AuthStyle.None:
            default:
                break;
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

        return IsBeta(name) ? WithoutBetas(edits, values) : values;
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
