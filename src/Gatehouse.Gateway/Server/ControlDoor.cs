using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Server;

/// <summary>Whose a request to the control plane is. Only with <see cref="Refusal"/> null it may go on. Immutable.</summary>
/// <param name="Token">The token; null when refused. Of any kind: which kind opens what, the control plane decides.</param>
/// <param name="Refusal">Why not, for programs, such as <c>token-expired</c>; null when the token is good.</param>
/// <param name="Message">The same for people. Never holds what was presented.</param>
/// <param name="Status">The HTTP status to answer with.</param>
public sealed record ControlCaller(AccessToken? Token, string? Refusal, string Message, int Status);

/// <summary>Finds out whose a request is.</summary>
/// <param name="request">The request.</param>
public delegate ValueTask<ControlCaller> ControlAuthentication(HttpRequest request);

/// <summary>
/// Makes what serves the paths under <c>/api</c>. The data plane knows nothing of it but this, and asks it after the check of the host.
/// </summary>
/// <param name="parts">What the server is made of.</param>
/// <param name="authenticate">Finds out whose a request is.</param>
/// <param name="probes">Asks providers whether they take a key.</param>
public delegate RequestDelegate ControlPlane(GatewayParts parts, ControlAuthentication authenticate, KeyProbes probes);

/// <summary>What belongs to the control plane, and who may knock there. Thread-safe.</summary>
internal sealed class ControlDoor(Authenticator authenticator, TokenUses uses)
{
    /// <summary>Whether a path is the control plane's.</summary>
    public static bool Holds(string path) => path.StartsWith("/api/", StringComparison.Ordinal) && path != "/api/hello";

    /// <summary>Authenticates a request, whatever its token opens, and notes that the token was used.</summary>
    public async ValueTask<ControlCaller> AuthenticateAsync(HttpRequest request)
    {
        var found = await authenticator.AuthenticateAsync(request, TokenScopes.None);
        if (!found.IsOk) return new ControlCaller(null, Code(found.Outcome), found.Message, found.Status);
        uses.Note(found.Token!, null);
        return new ControlCaller(found.Token, null, "", StatusCodes.Status200OK);
    }

    private static string Code(AuthOutcome outcome) => outcome switch
    {
        AuthOutcome.Expired => "token-expired",
        AuthOutcome.Revoked => "token-revoked",
        AuthOutcome.TwoTokens => "two-tokens",
        AuthOutcome.Missing or AuthOutcome.AnonymousRefused => "no-token",
        AuthOutcome.StoreUnavailable => "unavailable",
        _ => "unknown-token",
    };
}
