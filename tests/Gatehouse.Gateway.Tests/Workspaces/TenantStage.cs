using Gatehouse.Dialects;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;
using Gatehouse.Secrets;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>
/// A gateway with one user, one project and one workspace, whose ids are unlike anything else; the platform's provider is the simulator, and
/// users' own providers may be on loopback because the operator says so.
/// </summary>
internal sealed class TenantStage : IAsyncDisposable
{
    public const string User = "user-tracer-7f3a";
    public const string Project = "project-tracer-91bc";
    public const string Workspace = "workspace-tracer-d20e";
    public const string Secret = "sk-tenant-canary-0123456789abcdef";
    public const string Loopback = """, "workspaces": { "privateHosts": ["127.0.0.1"] }""";
    private static readonly DateTimeOffset s_then = DateTimeOffset.UnixEpoch.AddYears(50);
    private int _made;

    private TenantStage(GatewayHarness gateway) => Gateway = gateway;

    public GatewayHarness Gateway { get; }

    private TenantStore Tenants => new(Gateway.Store);

    private AttachmentStore Attachments => new(Gateway.Store);

    public static async Task<TenantStage> StartAsync(
        ILoggerFactory? logging = null, string configExtra = Loopback, string? models = null, string? upstream = null,
        params IReadOnlyList<(string Name, string Value)> environment)
    {
        var stage = new TenantStage(await GatewayHarness.StartAsync(
            upstream, logging: logging, configExtra: configExtra, models: models, environment: environment));
        (await stage.Tenants.AddUserAsync(new User(User, "tracer", UserRole.Member, null, s_then, null))).ShouldBeTrue();
        (await stage.Tenants.AddProjectAsync(new Project(Project, User, "tracer", null, s_then))).ShouldBeTrue();
        (await stage.Tenants.AddWorkspaceAsync(new Workspace(Workspace, Project, User, "tracer", s_then, null))).ShouldBeTrue();
        await stage.UntilAsync(static table => table.FindWorkspace(Workspace) is not null);
        return stage;
    }

    /// <summary>A token of the workspace, for a harness.</summary>
    public Task<string> TokenAsync(string? harness = "claude-code", Func<AccessToken, AccessToken>? with = null) => Gateway.MintAsync(
        "workspace",
        token =>
        {
            var bound = token with { UserId = User, ProjectId = Project, WorkspaceId = Workspace, Harness = harness };
            return with is null ? bound : with(bound);
        },
        TokenKind.Workspace);

    /// <summary>Connects a credential of the user's, for the user or the project.</summary>
    public async Task<string> ConnectAsync(
        CredentialKind kind, string? address = null, string harness = "claude-code", Dialect? dialect = null, string? provider = null,
        string secret = Secret, bool forProject = false, HarnessSettings? settings = null, bool isActive = true)
    {
        var id = $"credential/{++_made}+=:";
        var content = new CredentialContent
        {
            Secret = Gatehouse.Secrets.Secret.From(secret),
            BaseUrl = address is null ? null : new Uri(address),
            Dialect = dialect,
            Provider = provider,
        };
        var credential = OwnedCredential.Seal(Gateway.Keys, id, User, $"key {_made}", kind, content, s_then);
        var configuration = new HarnessConfiguration($"configuration-{_made}", User, $"c {_made}", harness, id, settings ?? HarnessSettings.None, true);
        var attachment = new Attachment($"attachment-{_made}", configuration.Id, harness, User, forProject ? Project : null, isActive);
        await Attachments.ConnectAsync(credential, configuration, attachment);
        await UntilAsync(table => table.FindCredential(id) is not null);
        return id;
    }

    /// <summary>Leaves the harness to the platform by a configuration of the user's.</summary>
    public async Task ConnectPlatformAsync(string harness = "claude-code")
    {
        var configuration = new HarnessConfiguration("configuration-platform", User, "platform", harness, null, HarnessSettings.None, true);
        (await Attachments.AddAsync(configuration, s_then)).ShouldBeTrue();
        await Attachments.AttachAsync(new Attachment("attachment-platform", configuration.Id, harness, User, null, true), s_then);
        await UntilAsync(table => table.Resolve(User, null, harness).Configuration is not null);
    }

    /// <summary>Replaces a credential's content.</summary>
    public async Task ReplaceAsync(string id, string secret, string address)
    {
        var row = (await Attachments.CredentialsAsync()).Single(c => c.Id == id);
        var content = new CredentialContent { Secret = Gatehouse.Secrets.Secret.From(secret), BaseUrl = new Uri(address) };
        (await Attachments.ReplaceAsync(row.Replace(Gateway.Keys, content, s_then.AddDays(1)))).ShouldBeTrue();
        await UntilAsync(table => table.FindCredential(id)?.Revision == row.Revision + 1);
    }

    public async Task RemoveAsync(string id)
    {
        (await Attachments.RemoveCredentialAsync(id)).ShouldBeTrue();
        await UntilAsync(table => table.FindCredential(id) is null);
    }

    public async Task SetAsync(string name, string json)
    {
        await Tenants.SetAsync(new PlatformSettingRow(name, json, s_then, null));
        await GatewayHarness.EventuallyAsync(
            async () => (await Tenants.SettingsAsync()).Any(row => row.Name == name && row.Value == json) && IsInForce(name, json), $"{name} is {json}");
    }

    public async Task ModesAsync(ProviderMode? user, ProviderMode? project)
    {
        (await Tenants.UpdateUserAsync(new User(User, "tracer", UserRole.Member, user, s_then, null))).ShouldBeTrue();
        (await Tenants.UpdateProjectAsync(new Project(Project, User, "tracer", project, s_then))).ShouldBeTrue();
        await UntilAsync(table => table.FindUser(User)?.ProviderMode == user && table.FindProject(Project)?.ProviderMode == project);
    }

    public async Task DisableUserAsync()
    {
        (await Tenants.UpdateUserAsync(new User(User, "tracer", UserRole.Member, null, s_then, s_then))).ShouldBeTrue();
        await UntilAsync(table => table.FindUser(User)?.DisabledAt is not null);
    }

    public async Task StopWorkspaceAsync()
    {
        (await Tenants.StopWorkspaceAsync(Workspace, s_then)).ShouldBeTrue();
        await UntilAsync(table => table.FindWorkspace(Workspace)?.StoppedAt is not null);
    }

    /// <summary>A user's own provider that answers every call with the same status and body.</summary>
    public static ScriptedUpstream Answering(int status, string body, string headers = "content-type: application/json") =>
        ScriptedUpstream.Answering(status, headers, body);

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    private Task UntilAsync(Func<TenantTable, bool> condition) => GatewayHarness.EventuallyAsync(
        () => Task.FromResult(condition(Gateway.Server.Tenants.Current)), "the gateway knows what was stored");

    private bool IsInForce(string name, string json)
    {
        var settings = Gateway.Server.Tenants.Current.Settings;
        var expected = PlatformSettingRows.Read([new PlatformSettingRow(name, json, s_then, null)], []);
        return name switch
        {
            PlatformSettingRows.ProxyEnabled => settings.ProxyEnabled == expected.ProxyEnabled,
            PlatformSettingRows.ProviderModeDefault => settings.Default == expected.Default,
            PlatformSettingRows.AllowedModels => settings.AllowedModels.HasValue == expected.AllowedModels.HasValue
                && (settings.AllowedModels ?? []).SequenceEqual(expected.AllowedModels ?? []),
            _ => settings.DefaultModels.Count == expected.DefaultModels.Count,
        };
    }
}
