using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Runtime;

/// <summary>
/// Decides what a workspace's harness is started with: what <c>POST /api/workspaces/{id}/agent-key</c> answers. Asks the resolver that
/// requests ask, and fails closed: what can't be served is not found, with the reason, and no key is given out instead. Immutable.
/// </summary>
/// <param name="table">Users, projects, workspaces and what is attached for them.</param>
/// <param name="origin">The gateway's address as the workspace reaches it.</param>
/// <param name="environment">Reads an environment variable: models of the platform may stand there.</param>
/// <param name="version">This program's version, for harnesses that are told it.</param>
/// <param name="configured">The configuration of workspaces: default models by harness, and whether Codex logins are refreshed here.</param>
public sealed class RuntimeAssembler(TenantTable table, Uri origin, Func<string, string?> environment, string version, WorkspacesConfig configured)
{
    private readonly string _root = origin.GetLeftPart(UriPartial.Authority);

    /// <summary>
    /// What a workspace's harness is started with. For the workspace's own runner, and for this machine's command line: a login is among it,
    /// and what a person gives is never shown again.
    /// </summary>
    public Edited<AgentKey> Assemble(Actor actor, string workspaceId, string harnessName)
    {
        if (table.FindWorkspace(workspaceId) is not { } workspace || !Workspaces.MayReach(actor, workspace))
            return Edited.Missing<AgentKey>("workspace", workspaceId);
        if (actor.WorkspaceId is null && actor != Actor.OfThisMachine)
            return Edited.Forbidden<AgentKey>("This is for the workspace's runner: it needs a runner token.");
        if (workspace.StoppedAt is not null) return Edited.Conflict<AgentKey>($"The workspace '{workspace.Name}' is stopped.");
        if (HarnessCatalog.Embedded.Find(harnessName) is not { } harness) return NotServed($"There is no harness '{harnessName}'.");
        var resolved = table.Resolve(workspace.UserId, workspace.ProjectId, harness.Name);
        return resolved switch
        {
            { Source: CredentialSource.Halted, Reason: { } reason } => NotServed(
                $"The project's attachment for {harness.Label} does not work ({reason.Name()}), and nothing else is tried then."),
            { Source: CredentialSource.Unresolved } => NotServed("The workspace's user is locked out, or its project is gone."),
            { Credential: { } credential } => OfCredential(harness, resolved, credential),
            _ => OfPlatform(harness, workspace, resolved),
        };
    }

    private Edited<AgentKey> OfCredential(Harness harness, ResolvedCredential resolved, OpenedCredential credential)
    {
        var fit = CredentialFit.Of(harness, credential);
        var settings = resolved.Configuration!.Settings;
        var source = resolved.Source == CredentialSource.ProjectAttachment ? "project" : "user";
        return (fit.Use, credential.Kind) switch
        {
            (CredentialUse.Refused, _) => NotServed(fit.Refusal!),
            (CredentialUse.Native, CredentialKind.OAuthToken or CredentialKind.AuthJson) => Edited.Done(Native(harness, credential, settings, source)),
            // A provider's key never lies in a workspace, and this program can't be sent through the gateway.
            (CredentialUse.Native, _) => NotServed($"{harness.Label} would have to hold the key itself. {harness.NativeReason}"),
            _ when !table.Settings.ProxyEnabled => NotServed("The gateway serves no workspaces at the moment: an administrator switched it off."),
            _ => Edited.Done(Proxied(harness, fit.Client!.Value, settings, source, OwnModel(harness, fit.Client.Value, credential, settings), credential)),
        };
    }

    private Edited<AgentKey> OfPlatform(Harness harness, Workspace workspace, ResolvedCredential resolved)
    {
        if (!harness.Proxied) return NotServed($"No credential is attached for {harness.Label}. {harness.NativeReason}");
        if (!table.Settings.ProxyEnabled) return NotServed("The gateway serves no workspaces at the moment: an administrator switched it off.");
        if (PlatformUse.Of(table.FindUser(workspace.UserId), table.FindProject(workspace.ProjectId), table.Settings) != ProviderMode.Platform)
            return NotServed($"No credential is attached for {harness.Label}, and the platform's keys are not switched on for this user or project.");
        var settings = resolved.Configuration?.Settings ?? HarnessSettings.None;
        var dialect = harness.Dialects[0];
        return Edited.Done(Proxied(harness, dialect, settings, "platform", settings.Model ?? Default(harness, dialect).Name ?? "", null));
    }

    // Another host's models have other names than the vendor's, so the built-in one is for the vendor alone.
    private string OwnModel(Harness harness, Dialect dialect, OpenedCredential credential, HarnessSettings settings) =>
        settings.Model
        ?? (IsVendors(harness, credential)
            ? Default(harness, dialect).Name ?? ""
            : Chosen(harness, dialect) ?? "");

    private DefaultModel Default(Harness harness, Dialect dialect) => DefaultModel.Of(harness, dialect, table.Settings, configured.DefaultModels, environment);

    // What somebody chose for this platform, be it none.
    private string? Chosen(Harness harness, Dialect dialect) =>
        Default(harness, dialect) is { Source: not DefaultModelSource.BuiltIn } chosen ? chosen.Name ?? "" : null;

    private static bool IsVendors(Harness harness, OpenedCredential credential) =>
        credential.BaseUrl is null && harness.DefaultProvider is { } vendor && (credential.Provider ?? vendor) == vendor;

    private AgentKey Proxied(Harness harness, Dialect dialect, HarnessSettings settings, string source, string model, OpenedCredential? own)
    {
        var isAnthropic = dialect == Dialect.Anthropic;
        var family = isAnthropic ? "anthropic" : "openai";
        // The token goes into a header wherever there is a choice; the path is for runners that know only that way.
        var address = isAnthropic ? $"{_root}/ai/anthropic" : $"{_root}/ai/v1";
        var byPath = $"{_root}/ai/proxy/{AgentKey.TokenPlace}/{(isAnthropic ? "anthropic" : "openai/v1")}";
        var files = RuntimeFiles.Of(harness, address, model);
        return new AgentKey
        {
            Harness = harness.Name,
            ApiKey = Secret.From(own is null ? AgentKey.PlatformSentinel : AgentKey.OwnSentinel),
            CredentialKind = "api-key",
            CredentialSource = source,
            Inference = own is null ? new InferenceConfig($"{family}-proxy", address, model) : new InferenceConfig($"{family}-passthrough", byPath, model),
            Environment = RuntimeEnvironment.Proxied(harness, dialect, address, model, settings.Effort, version),
            Files = files,
            SecretNames = harness.SecretNames,
            Dialect = dialect,
            ChosenModel = (settings.Model ?? Chosen(harness, dialect)) is { Length: > 0 } chosen ? chosen : null,
            IsVendors = own is not null && IsVendors(harness, own),
            CredentialId = own?.Id,
            Revision = own?.Revision ?? 0,
        };
    }

    // The token stands in the query because the harness takes an address and nothing else.
    private string? Refresh => configured.CodexRefresh.Enabled ? $"{_root}{AgentKey.RefreshPath}?token={AgentKey.TokenPlace}" : null;

    private AgentKey Native(Harness harness, OpenedCredential credential, HarnessSettings settings, string source)
    {
        var isFile = credential.Kind == CredentialKind.AuthJson;
        return new AgentKey
        {
            Harness = harness.Name,
            ApiKey = credential.Secret!,
            CredentialKind = "oauth-token",
            CredentialSource = source,
            Environment = RuntimeEnvironment.Native(harness, isFile ? null : credential.Secret, Refresh, settings.Model, settings.Effort, version),
            Files = isFile
                ? [new RuntimeFile { Path = harness.AuthFile!, HomeVariable = harness.HomeVariable, Content = credential.Secret!, IsLogin = true }]
                : [],
            SecretNames = harness.SecretNames,
            ChosenModel = settings.Model is { Length: > 0 } model ? model : null,
            IsVendors = true,
            CredentialId = credential.Id,
            Revision = credential.Revision,
        };
    }

    private static Edited<AgentKey> NotServed(string why) => Edited.Refused<AgentKey>(why, EditRefusal.NotFound);
}
