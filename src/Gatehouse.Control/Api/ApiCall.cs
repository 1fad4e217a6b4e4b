using System.Text.Json;
using Gatehouse.Control.Logins;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Control.Api;

/// <summary>What the routes work on. Thread-safe.</summary>
/// <param name="Editors">What users have.</param>
/// <param name="Tokens">Access tokens.</param>
/// <param name="Store">The database.</param>
/// <param name="Keys">Opens credentials.</param>
/// <param name="Environment">Reads an environment variable.</param>
/// <param name="Clock">Tells the time.</param>
/// <param name="Version">This program's version.</param>
/// <param name="Probes">Asks providers whether they take a key.</param>
/// <param name="Codex">Refreshes Codex logins.</param>
/// <param name="Workspaces">The configuration of workspaces, as it is now.</param>
internal sealed record ApiDesk(
    TenantEditors Editors, Tokens Tokens, Store Store, KeyRing Keys, Func<string, string?> Environment, TimeProvider Clock, string Version,
    KeyProbes Probes, CodexRefreshBroker Codex, Func<WorkspacesConfig> Workspaces)
{
    /// <summary>Bounds how often providers are asked about keys.</summary>
    public ValidationGate Validations { get; } = new(Clock);

    /// <summary>How the providers that are programs are, as last seen.</summary>
    public Func<IReadOnlyList<ProgramReport>> Programs { get; init; } = static () => [];

    /// <summary>The ledger.</summary>
    public LedgerQuery Ledger => new(Store);

    /// <summary>Users and what they attached, as of now: what was attached by the call before counts in this one.</summary>
    public async Task<TenantTable> TenantsAsync(CancellationToken cancellation) =>
        (await TenantLoad.LoadAsync(Store, Keys, Environment, cancellation)).Table;
}

/// <summary>One call that was found to be allowed to its route.</summary>
/// <param name="Desk">What it works on.</param>
/// <param name="Actor">Who calls.</param>
/// <param name="Token">With which token.</param>
/// <param name="Places">The texts in the path, by name.</param>
/// <param name="Query">The query parameters, by name.</param>
/// <param name="Content">The body as the route's type; null when it takes none.</param>
/// <param name="Raw">The body as it came; undefined when the route takes none.</param>
/// <param name="Origin">The address under which the caller reached us.</param>
/// <param name="Cancelled">Ends when the caller is gone.</param>
internal sealed record ApiCall(
    ApiDesk Desk,
    Actor Actor,
    AccessToken? Token,
    IReadOnlyDictionary<string, string> Places,
    IReadOnlyDictionary<string, string> Query,
    object? Content,
    JsonElement Raw,
    Uri Origin,
    CancellationToken Cancelled)
{
    /// <summary>What users have.</summary>
    public TenantEditors Editors => Desk.Editors;

    /// <summary>The body. The route says its type.</summary>
    public T Body<T>()
        where T : class, new() => (T)Content!;

    /// <summary>A text in the path.</summary>
    public string Place(string name) => Places[name];

    /// <summary>A query parameter; null when it was not given.</summary>
    public string? Asked(string name) => Query.GetValueOrDefault(name);
}
