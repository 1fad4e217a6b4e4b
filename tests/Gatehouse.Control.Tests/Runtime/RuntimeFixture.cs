using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Gatehouse.Control.Runtime;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests.Runtime;

/// <summary>A member with a project and a workspace in it, and what their harnesses are started with.</summary>
internal sealed class RuntimeFixture : IAsyncDisposable
{
    public const string Origin = "https://gate.example";

    private RuntimeFixture(StoreFixture store, TenantEditors editors) => (Store, Editors) = (store, editors);

    public StoreFixture Store { get; }

    public TenantEditors Editors { get; }

    public string User { get; private set; } = "";

    public string Project { get; private set; } = "";

    public string Workspace { get; private set; } = "";

    public Actor Owner => new(User, UserRole.Member, Guid.NewGuid(), "127.0.0.1");

    public Actor Runner => new(User, UserRole.Member, Guid.NewGuid(), "127.0.0.1", Workspace);

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The configuration's default models, by harness.</summary>
    public Dictionary<string, string> Configured { get; } = [];

    /// <summary>Whether Codex logins are refreshed at the gateway.</summary>
    public bool Refreshes { get; set; } = true;

    public static async Task<RuntimeFixture> CreateAsync()
    {
        var store = await StoreFixture.CreateAsync();
        var fixture = new RuntimeFixture(store, new TenantEditors(store.Store, store.Ring, store.Clock));
        await fixture.Editors.Users.EnsureLocalAsync();
        fixture.User = (await fixture.Editors.Users.AddAsync(Actor.OfThisMachine, "member", UserRole.Member)).Value!.Id;
        fixture.Project = (await fixture.Editors.Projects.AddAsync(fixture.Owner, "project")).Value!.Id;
        fixture.Workspace = (await fixture.Editors.Workspaces.AddAsync(fixture.Owner, fixture.Project, "workspace")).Value!.Id;
        return fixture;
    }

    public async Task ConnectAsync(string harness, CredentialKind kind, string secret, string? baseUrl = null, string? provider = null, string? project = null, HarnessSettings? settings = null) =>
        (await Editors.Attachments.ConnectAsync(
            Owner, harness, new NewCredential { Name = $"{harness} {kind}", Kind = kind, Secret = Secret.From(secret), BaseUrl = baseUrl, Provider = provider }, project, settings))
            .Error.ShouldBeNull();

    public async Task<Edited<AgentKey>> AssembleAsync(string harness, Actor? actor = null, string? workspace = null)
    {
        var loaded = await TenantLoad.LoadAsync(Store.Store, Store.Ring, Environment.GetValueOrDefault);
        var configured = new WorkspacesConfig { DefaultModels = Configured.ToFrozenDictionary(), CodexRefresh = new CodexRefreshConfig { Enabled = Refreshes } };
        return new RuntimeAssembler(loaded.Table, new Uri(Origin), Environment.GetValueOrDefault, "9.9", configured).Assemble(actor ?? Runner, workspace ?? Workspace, harness);
    }

    public async Task<string> JsonAsync(string harness)
    {
        var made = await AssembleAsync(harness);
        return Json(made.Value.ShouldNotBeNull(made.Error));
    }

    public static string Json(AgentKey key)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) AgentKeyJson.Write(json, key);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
