using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Control.Logins;
using Gatehouse.Control.Runtime;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>The Gatehouse of this machine's data directory: the run works on the database itself, beside the server.</summary>
/// <param name="installation">The data directory; owned by the caller.</param>
/// <param name="gateway">The server's address.</param>
/// <param name="configured">The configuration of workspaces.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class OwnServer(Installation installation, Uri gateway, WorkspacesConfig configured, TimeProvider clock) : IRunServer
{
    private readonly Control.Tokens _tokens = new(new AccessStore(installation.Store), installation.Keys.TokenHasher, clock);
    private readonly WorkspaceTokens _ofWorkspaces = new TenantEditors(installation.Store, installation.Keys, clock).WorkspaceTokens;

    /// <inheritdoc/>
    public string? Name => null;

    /// <inheritdoc/>
    public Guid? Runner => null;

    /// <inheritdoc/>
    public async Task<Edited<string>> WorkspaceAsync(string? named, CancellationToken cancellation)
    {
        var found = await RunWorkspace.FindAsync(installation, named, cancellation);
        return new Edited<string>(found.Value?.Id, found.Error, found.Refusal);
    }

    /// <inheritdoc/>
    public async Task<Edited<AgentKey>> AssembleAsync(string workspaceId, string harness, CancellationToken cancellation) =>
        new RuntimeAssembler(await TenantsAsync(cancellation), gateway, Environment.GetEnvironmentVariable, ProgramVersion.Text, configured)
            .Assemble(Actor.OfThisMachine, workspaceId, harness);

    /// <inheritdoc/>
    public async Task<Edited<IssuedToken>> IssueAsync(string workspaceId, string harness, TimeSpan life, CancellationToken cancellation)
    {
        var made = await _ofWorkspaces.IssueAsync(Actor.OfThisMachine, workspaceId, harness, life, cancellation: cancellation);
        return new Edited<IssuedToken>(made.Value is { } minted ? new IssuedToken(minted.Token.Id, minted.Text) : null, made.Error, made.Refusal);
    }

    // The clock may have stood still meanwhile, on a machine that slept: a token that expired is renewed all the same.
    /// <inheritdoc/>
    public async Task<RunNews> RenewAsync(Guid token, TimeSpan life, CancellationToken cancellation)
    {
        try
        {
            var renewed = await _tokens.RenewAsync(Actor.OfThisMachine, token, clock.GetUtcNow() + life, cancellation);
            return renewed.Value is not null ? RunNews.Good : new RunNews(RunState.Ended, renewed.Error);
        }
        catch (Storage.StoreException)
        {
            // The next time may find the database well again; two come before the token expires.
            return new RunNews(RunState.Unknown);
        }
    }

    /// <inheritdoc/>
    public Task<RunNews> LookAsync(string workspaceId, CancellationToken cancellation) => Task.FromResult(RunNews.Good);

    // Refused when its workspace was stopped meanwhile, which revoked it.
    /// <inheritdoc/>
    public Task RevokeAsync(Guid token) => _tokens.RevokeAsync(token.ToString(), CancellationToken.None);

    /// <inheritdoc/>
    public async Task<string?> SyncAsync(string workspaceId, string harness, Secret login)
    {
        try
        {
            var tenants = await TenantsAsync(CancellationToken.None);
            var synced = await new LoginSync(installation.Tenants.Credentials)
                .SyncAsync(Actor.OfThisMachine, tenants, workspaceId, harness, login, CancellationToken.None);
            return synced.Error;
        }
        catch (Storage.StoreException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<TenantTable> TenantsAsync(CancellationToken cancellation) =>
        (await TenantLoad.LoadAsync(installation.Store, installation.Keys, Environment.GetEnvironmentVariable, cancellation)).Table;
}
