using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>A way to a provider over HTTP/1.1; all are held to the same behaviour.</summary>
public enum Way
{
    /// <summary>Connections of our own, over sockets of our own.</summary>
    OwnConnections,

    /// <summary>Connections of our own, over the platform's sockets: as where ours don't work.</summary>
    OwnConnectionsOverPlatformSockets,

    /// <summary>The platform's handler.</summary>
    Handler,
}

/// <summary>Makes the parts of an upstream call that a test does not care about.</summary>
internal static class Calls
{
    public const string Key = "sk-canary-0123456789abcdef";

    public static ProviderCredential Credential(string key = Key) =>
        new() { Id = "env:KEY", Provider = "local", Source = "env", Secret = Secret.From(key) };

    /// <summary>An upstream that goes one of the ways.</summary>
    public static HttpUpstream Upstream(
        Way way,
        UpstreamHealth? health = null,
        Func<IReadOnlyList<IPEndPoint>>? own = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        TimeProvider? time = null) =>
        new(new AddressGuard(own ?? (() => []), resolve: resolve), health ?? new UpstreamHealth(TimeProvider.System), time, handlerOnly: way == Way.Handler, platformSockets: way == Way.OwnConnectionsOverPlatformSockets);

    public static Provider Provider(
        string address,
        AuthStyle auth = AuthStyle.Bearer,
        bool allowPrivate = true,
        ProviderDeadlines? deadlines = null,
        Dictionary<string, string>? headers = null) => new()
        {
            Name = "local",
            Source = "file",
            Endpoints = DialectNames.All.ToFrozenDictionary(d => d, d => new ProviderEndpoint(d, new Uri(address), auth)),
            AllowPrivateNetwork = allowPrivate,
            Deadlines = deadlines ?? ProviderDeadlines.Default with { Connect = TimeSpan.FromSeconds(5), FirstByte = TimeSpan.FromSeconds(10) },
            Headers = (headers ?? []).ToFrozenDictionary(),
        };

    public static UpstreamRequest Request(
        Provider provider,
        string path = "/v1/messages?beta=true",
        string method = "POST",
        IHeaderDictionary? headers = null,
        ReadOnlyMemory<byte>[]? body = null,
        ProviderCredential? credential = null,
        ImmutableArray<ProviderEdit> edits = default,
        CancellationToken giveUp = default) => new()
        {
            Provider = provider,
            Dialect = Dialect.Anthropic,
            Method = method,
            PathAndQuery = path,
            ClientHeaders = CallerHeaders.Of(headers ?? new HeaderDictionary { ["content-type"] = "application/json" }),
            Body = body ?? (method == "POST" ? [Encoding.UTF8.GetBytes("{}")] : []),
            Credential = credential,
            AcceptEncoding = "gzip, br",
            Edits = edits.IsDefault ? [] : edits,
            GiveUp = giveUp,
        };

    /// <summary>Sends one request that must bring an answer, reads its body, and returns what the upstream received.</summary>
    public static async Task<RawRequest> SendAsync(HttpUpstream upstream, RawUpstream server, UpstreamRequest request)
    {
        var outcome = await upstream.SendAsync(request, CancellationToken.None);
        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        await ReadAsync(outcome.Answer!);
        return server.Connections.SelectMany(c => c.Requests).Last();
    }

    public static async Task<byte[]> ReadAsync(UpstreamAnswer answer)
    {
        await using (answer)
        {
            var all = new MemoryStream();
            await answer.Body.CopyToAsync(all);
            return all.ToArray();
        }
    }
}
