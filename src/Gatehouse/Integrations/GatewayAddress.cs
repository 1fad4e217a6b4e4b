using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Processes;

namespace Gatehouse.Integrations;

/// <summary>The address that clients are given.</summary>
/// <param name="Uri">Scheme, host and port; null when there is a fault.</param>
/// <param name="Warnings">What a person should know.</param>
/// <param name="Fault">What is wrong with the one that was asked for.</param>
internal sealed record GatewayAddress(Uri? Uri, IReadOnlyList<string> Warnings, string? Fault)
{
    /// <summary>The one of <c>--base-url</c>, else the running server's, else the configuration's; one that is bound on all interfaces is called on loopback.</summary>
    public static async Task<GatewayAddress> OfAsync(Invocation invocation, GatehouseConfig config)
    {
        var given = invocation.Parsed.GetResult(IntegrationOptions.BaseUrl) is not null;
        if (given && invocation.Parsed.GetValue(IntegrationOptions.BaseUrl) is { } asked) return Asked(asked);
        if (await RunningServer.FindAsync(invocation.DataDirectory, invocation.Cancelled) is { Address: { } running })
            return new GatewayAddress(RunningServer.Reachable(running), [], null);
        // Port 0 means any free one: nobody can be told of it ahead of time.
        return config.Listen.FirstOrDefault(address => address.Port != 0) is { } listen
            ? new GatewayAddress(RunningServer.Reachable(listen.ToString()), [], null)
            : new GatewayAddress(null, [], "No server runs, and the configuration leaves its port open, so its address is not known.");
    }

    private static GatewayAddress Asked(string text)
    {
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length > 0)
            return new GatewayAddress(null, [], $"'{text}' is not an http or https address.");
        var root = RunningServer.Reachable(uri.GetLeftPart(UriPartial.Authority));
        return uri.AbsolutePath.TrimEnd('/') switch
        {
            "" => new GatewayAddress(root, [], null),
            "/v1" => new GatewayAddress(root, ["--base-url is given without /v1: it is put behind the address for the clients that want it there."], null),
            _ => new GatewayAddress(null, [], $"'{text}' has a path, and Gatehouse answers at the root of its address."),
        };
    }
}
