using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests;

/// <summary>A store with an administrator and two members, Ann and Bob, each with a project; what Ann has, Bob must not see.</summary>
internal sealed class TenantFixture : IAsyncDisposable
{
    public const string AnthropicKey = "sk-ant-api03-canary-0123456789abcdef";
    public const string OtherKey = "sk-canary-of-another-vendor-0123456789";

    private TenantFixture(StoreFixture store) =>
        (Store, Editors) = (store, new TenantEditors(store.Store, store.Ring, store.Clock));

    public StoreFixture Store { get; }

    public TenantEditors Editors { get; }

    public Actor Admin { get; } = new("local", UserRole.Admin, Guid.Parse("00000000-0000-0000-0000-0000000000aa"), "192.0.2.1");

    public Actor Ann { get; } = new("ann", UserRole.Member, Guid.Parse("00000000-0000-0000-0000-0000000000a1"), "192.0.2.2");

    public Actor Bob { get; } = new("bob", UserRole.Member, Guid.Parse("00000000-0000-0000-0000-0000000000b0"), "192.0.2.3");

    public static async Task<TenantFixture> CreateAsync()
    {
        var fixture = new TenantFixture(await StoreFixture.CreateAsync());
        var editors = fixture.Editors;
        await editors.Users.EnsureLocalAsync();
        foreach (var name in (string[])["ann", "bob"])
        {
            Ok(await editors.Users.AddAsync(fixture.Admin, name, id: name));
            Ok(await editors.Projects.AddAsync(fixture.Admin, $"{name}'s", name, id: $"project-of-{name}"));
        }
        return fixture;
    }

    public static T Ok<T>(Edited<T> edited)
        where T : class
    {
        edited.Error.ShouldBeNull();
        return edited.Value!;
    }

    public static NewCredential Key(string secret = AnthropicKey, string name = "key", string? provider = null) =>
        new() { Name = name, Kind = Gateway.Credentials.CredentialKind.ApiKey, Secret = Secret.From(secret), Provider = provider };

    /// <summary>The table as a server would have it.</summary>
    public async Task<TenantTable> TableAsync() => (await TenantLoad.LoadAsync(Store.Store, Store.Ring, _ => null)).Table;

    /// <summary>Every row of every table but the audit log's, to see whether anything changed.</summary>
    public Task<string> DumpAsync() => Store.Store.ReadAsync(connection =>
    {
        var lines = new List<string>();
        foreach (var table in (string[])["users", "projects", "workspaces", "platform_settings", "owned_credentials", "harness_configurations", "attachments", "access_tokens", "data_keys", "credentials"])
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of our own tables.
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1";
#pragma warning restore CA2100
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                lines.Add(table + ": " + string.Join(' ', Enumerable.Range(0, rows.FieldCount)
                    .Select(i => rows.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : $"{rows.GetValue(i)}")));
            }
        }
        return string.Join('\n', lines);
    });

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
