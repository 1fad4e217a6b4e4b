using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Whose credential serves a workspace's call: a provider of its own, or the platform's, or neither, with the refusal.</summary>
/// <param name="Own">The provider that the credential of the user or project makes; null for the platform's.</param>
/// <param name="Key">That credential, as it is lent.</param>
/// <param name="Settings">What the configuration that attaches it says besides.</param>
/// <param name="Refusal">Why nobody serves it; null when somebody does.</param>
internal sealed record WorkspaceService(TenantProvider? Own, ProviderCredential? Key, HarnessSettings? Settings, DialectError? Refusal)
{
    /// <summary>The platform's keys serve.</summary>
    public static WorkspaceService OfPlatform { get; } = new(null, null, null, null);
}

/// <summary>
/// From a workspace's token to whoever serves it: the project's attachment, else the user's, else the platform where it may. What is
/// unclear is refused: no key is sent where nobody said that it may go. Thread-safe.
/// </summary>
internal sealed class WorkspaceTargets(Live<TenantTable> tenants, TenantProviders providers)
{
    /// <summary>Decides for a token that <see cref="WorkspaceDoor.Serves"/> holds to be a workspace's.</summary>
    public WorkspaceService Find(AccessToken token)
    {
        if (token is not { UserId: { } user, Harness: { } harness }) return Refuse("workspace_gone", "This token belongs to no user, or names no harness.");
        var table = tenants.Current;
        var resolved = table.Resolve(user, token.ProjectId, harness);
        if (resolved.IsPlatform) return Platform(table, token, resolved);
        return resolved switch
        {
            { Source: CredentialSource.Halted } => Refuse(
                "credential_halted",
                $"The project's own connection for this harness is switched off or broken ({resolved.Reason?.Name()}), and it stops there so that nobody "
                    + "else's key pays for it. Mend it or take it away."),
            { Credential: { } credential } => Own(table, resolved, credential, harness),
            _ => Refuse("credential_missing", "Nobody's credential serves this workspace."),
        };
    }

    /// <summary>Whether the platform's keys serve a model.</summary>
    public bool PlatformAllows(string model) => tenants.Current.Settings.AllowsModel(model);

    /// <summary>
    /// Where a call goes that the workspace's own credential serves. The model passes as asked, less what the client put behind it for its own
    /// use: the host is the user's, and what it serves is theirs to know.
    /// </summary>
    public static Resolution Targets(Admitted admitted, WorkspaceService service)
    {
        var (route, provider) = (admitted.Exchange.Route, service.Own!.Provider);
        var candidate = new Candidate(provider);
        var upstream = candidate.Speaks(route.Dialect) ? route.Dialect
            : TargetResolver.IsTranslated(route.Operation) ? candidate.TranslatedFor(route.Dialect) : null;
        if (upstream is not { } spoken) return Resolution.Refuse(WrongDialect(provider, route.Dialect), "dialect_not_supported");
        return new Resolution([Target(admitted, service, spoken)], null, null);
    }

    /// <summary>The one target of a workspace's own credential, in a dialect.</summary>
    public static Target Target(Admitted admitted, WorkspaceService service, Dialect spoken)
    {
        var (own, asked) = (service.Own!, admitted.Exchange.Record.ModelAsked);
        var suffix = asked is null ? 0 : ContextSuffix.Length(asked);
        var edge = TargetResolver.EdgeFor(admitted, own.Provider, spoken);
        return new Target(own.Provider, service.Key, suffix == 0 ? null : asked![..^suffix], edge)
        {
            ProviderId = own.Attribution(spoken, service.Settings),
        };
    }

    private WorkspaceService Own(TenantTable table, ResolvedCredential resolved, OpenedCredential credential, string harness)
    {
        if (credential.Kind.IsNative())
        {
            return Refuse(
                "credential_native",
                $"The credential '{credential.Name}' is a login of the vendor's own program. It goes into that program's files and never through the gateway: "
                    + "run the harness with it directly, or attach an API key.");
        }

        var preset = credential.Kind == CredentialKind.ApiKey ? credential.Provider ?? HarnessCatalog.Embedded.Find(harness)?.DefaultProvider : null;
        return providers.Find(credential, preset, table, out var why) is { } own
            ? new WorkspaceService(own, own.Key(resolved.Source), resolved.Configuration?.Settings, null)
            : Refuse("credential_unusable", $"The credential '{credential.Name}' can't be used: {why}");
    }

    private static WorkspaceService Platform(TenantTable table, AccessToken token, ResolvedCredential resolved)
    {
        var project = token.ProjectId is { } id ? table.FindProject(id) : null;
        if (PlatformUse.Of(table.FindUser(token.UserId!), project, table.Settings) == ProviderMode.Platform) return WorkspaceService.OfPlatform;
        var broken = resolved.Reason is { } reason ? $" The user's own connection is broken ({reason.Name()})." : "";
        return Refuse(
            "credential_missing",
            $"No credential is connected for this harness, and the platform's keys are not switched on for this user or project.{broken} "
                + "Connect one with 'gatehouse attach', or ask an administrator.");
    }

    private static DialectError WrongDialect(Provider provider, Dialect asked) => new(
        ErrorKind.InvalidRequest,
        $"The provider of the credential '{provider.Label}' speaks {string.Join(" and ", DialectNames.All.Where(provider.Endpoints.ContainsKey).Select(d => d.Name()))}, "
            + $"and this call of the {asked.Name()} dialect can't be said in that.",
        "dialect_not_supported");

    private static WorkspaceService Refuse(string code, string message) =>
        new(null, null, null, new DialectError(ErrorKind.Permission, message, code));
}
