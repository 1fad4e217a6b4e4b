using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class AccessSnapshotsTests : IAsyncLifetime
{
    private const string Canary = "sk-canary-7fQ2vX9-0123456789";
    private readonly AccessDatabase _database = new();
    private readonly KeptLog<AccessSnapshots> _log = new();
    private readonly Dictionary<string, string> _environment = [];
    private List<ProviderKeySource> _providers = [new("anthropic", null, ["ANTHROPIC_API_KEY"]), new("openai", null, [])];
    private Store _store = null!;
    private Store _other = null!;
    private KeyRing _ring = null!;
    private AccessSnapshots _snapshots = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await _database.OpenAsync();
        _other = await _database.OpenAsync();
        _ring = (await new DataKeyStore(_store, TimeProvider.System).OpenAsync(_database.MasterKey)).Ring!;
        _snapshots = new AccessSnapshots(_store, _ring, _ => _providers, _environment.GetValueOrDefault, TimeProvider.System, _log);
    }

    public async ValueTask DisposeAsync()
    {
        await _snapshots.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_is_stored_is_there_once_started()
    {
        var stored = AccessDatabase.Token("laptop", 1);
        await new AccessStore(_other).AddAsync(stored);
        await AddCredentialAsync("anthropic");

        await _snapshots.StartAsync();

        _snapshots.Tokens.Current.Find(stored.Hash)!.Name.ShouldBe("laptop");
        _snapshots.Credentials.Current.Find("anthropic")!.Secret.Reveal().ShouldBe(Canary);
        _snapshots.Problems.ShouldBeEmpty();
        _snapshots.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_token_that_is_looked_up_while_the_tables_are_loaded_is_not_lost_to_what_was_read_before()
    {
        var (before, during) = (AccessDatabase.Token("before", 1), AccessDatabase.Token("during", 2));
        AccessSnapshots? loading = null;
        // Asked for between the reading of the tokens and their replacement.
        string? Environment(string name)
        {
            if (name == "AI_PROXY_ENABLED" && loading?.Tokens is { } tokens) tokens.Swap(tokens.Current.With(during));
            return null;
        }

        await using var snapshots = new AccessSnapshots(_store, _ring, _ => _providers, Environment, TimeProvider.System, _log);
        await snapshots.StartAsync();
        snapshots.Tokens.Swap(snapshots.Tokens.Current.With(before));
        loading = snapshots;
        (await snapshots.ReloadAsync()).ShouldBeTrue();
        snapshots.Tokens.Current.Find(during.Hash).ShouldNotBeNull();
        // What was there when the load began is the store's word: it is not among its rows any more.
        snapshots.Tokens.Current.Find(before.Hash).ShouldBeNull();
        loading = null;
        (await snapshots.ReloadAsync()).ShouldBeTrue();
        snapshots.Tokens.Current.Find(during.Hash).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_made_and_revoked_by_another_program_is_noticed()
    {
        await _snapshots.StartAsync();
        var stored = AccessDatabase.Token("laptop", 1);
        var elsewhere = new AccessStore(_other);

        await elsewhere.AddAsync(stored);
        await AccessDatabase.UntilAsync(() => _snapshots.Tokens.Current.Find(stored.Hash) is { RevokedAt: null });
        (await elsewhere.RevokeAsync(stored.Token.Id, TimeProvider.System.GetUtcNow())).ShouldBeTrue();
        await AccessDatabase.UntilAsync(() => _snapshots.Tokens.Current.Find(stored.Hash) is { RevokedAt: not null });
    }

    [Fact]
    public async Task A_credential_added_and_removed_by_another_program_is_noticed()
    {
        _environment["ANTHROPIC_API_KEY"] = "key-of-the-environment";
        await _snapshots.StartAsync();
        _snapshots.Credentials.Current.Find("anthropic")!.Source.ShouldBe("env");

        var row = await AddCredentialAsync("anthropic");
        await AccessDatabase.UntilAsync(() => _snapshots.Credentials.Current.Find("anthropic")!.Source == "vault");
        await new VaultStore(_other).RemoveAsync(row.Id);
        await AccessDatabase.UntilAsync(() => _snapshots.Credentials.Current.Find("anthropic")!.Source == "env");
    }

    [Fact]
    public async Task A_change_of_the_configuration_is_taken_over_on_demand()
    {
        await AddCredentialAsync("groq");
        await _snapshots.StartAsync();
        _snapshots.Credentials.Current.Find("groq").ShouldBeNull();

        _providers = [new("groq", null, [])];
        (await _snapshots.ReloadAsync()).ShouldBeTrue();

        _snapshots.Credentials.Current.Find("groq").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_reload_that_fails_keeps_what_is_there_says_so_and_is_tried_again()
    {
        var stored = AccessDatabase.Token("laptop", 1);
        await new AccessStore(_other).AddAsync(stored);
        await AddCredentialAsync("anthropic");
        await _snapshots.StartAsync();

        await AccessDatabase.ExecuteAsync(_other, "ALTER TABLE credentials RENAME TO hidden");
        await AccessDatabase.UntilAsync(() => _snapshots.Failure is not null);

        _snapshots.Tokens.Current.Find(stored.Hash).ShouldNotBeNull();
        _snapshots.Credentials.Current.Find("anthropic").ShouldNotBeNull();
        _log.Text.ShouldContain("could not be loaded again");
        _log.Text.ShouldNotContain(Canary);

        await AccessDatabase.ExecuteAsync(_other, "ALTER TABLE hidden RENAME TO credentials");
        await AccessDatabase.UntilAsync(() => _snapshots.Failure is null);
    }

    [Fact]
    public async Task A_row_that_was_altered_is_told_and_the_others_work()
    {
        await AddCredentialAsync("anthropic");
        await AddCredentialAsync("openai");
        await AccessDatabase.ExecuteAsync(_other, "UPDATE credentials SET provider = 'local' WHERE provider = 'anthropic'");

        await _snapshots.StartAsync();

        _snapshots.Credentials.Current.Find("anthropic").ShouldBeNull();
        _snapshots.Credentials.Current.Find("local").ShouldBeNull();
        _snapshots.Credentials.Current.Find("openai")!.Secret.Reveal().ShouldBe(Canary);
        _snapshots.Problems.ShouldHaveSingleItem().ShouldContain("'local'");
        _log.Text.ShouldContain("was altered");
        _log.Text.ShouldNotContain(Canary);
    }

    [Fact]
    public async Task Sealing_everything_anew_elsewhere_takes_no_key_away_from_a_running_server()
    {
        await AddCredentialAsync("anthropic");
        await AddOwnedAsync("one");
        await using var running = Running(() => _database.MasterKey.Load(mayCreate: false).Key);
        await running.StartAsync();
        var lost = 0;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (running.Credentials.Current.Find("anthropic") is null || running.Tenants.Current.FindCredential("one")?.Secret is null) lost++;
                }
            },
            CancellationToken.None);

        var elsewhere = (await new DataKeyStore(_other, TimeProvider.System).OpenAsync(_database.MasterKey)).Ring!;
        (await new DataKeyStore(_other, TimeProvider.System).AddVaultKeyAsync(elsewhere, _database.MasterKey.Load(false).Key!)).ShouldBeNull();
        (await new OwnedCredentialReseal(_other).ResealAsync(elsewhere, null, 10)).Resealed.ShouldBe(1);
        (await new VaultStore(_other).ResealAsync(elsewhere, null, 10)).Resealed.ShouldBe(1);
        await AccessDatabase.UntilAsync(() => _ring.KeyId(KeyPurpose.Vault) == elsewhere.KeyId(KeyPurpose.Vault));
        var after = await AddOwnedAsync("two", elsewhere);
        await AccessDatabase.UntilAsync(() => running.Tenants.Current.FindCredential(after) is not null);
        await stop.CancelAsync();
        await watching;

        lost.ShouldBe(0);
        running.Problems.ShouldBeEmpty();
        running.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_can_not_learn_a_new_key_goes_on_with_what_it_has_and_says_so()
    {
        await AddOwnedAsync("one");
        await using var running = Running(() => MasterKey.Generate());
        await running.StartAsync();
        var elsewhere = (await new DataKeyStore(_other, TimeProvider.System).OpenAsync(_database.MasterKey)).Ring!;
        await new DataKeyStore(_other, TimeProvider.System).AddVaultKeyAsync(elsewhere, _database.MasterKey.Load(false).Key!);
        await new OwnedCredentialReseal(_other).ResealAsync(elsewhere, null, 10);

        await AccessDatabase.UntilAsync(() => running.Failure is not null);

        running.Failure!.ShouldContain("start this server again");
        running.Tenants.Current.FindCredential("one")!.Secret!.Reveal().ShouldBe(Canary);
    }

    [Fact]
    public async Task Nothing_can_be_served_when_the_first_load_fails()
    {
        await AccessDatabase.ExecuteAsync(_other, "DROP TABLE access_tokens");

        await Should.ThrowAsync<Exception>(() => _snapshots.StartAsync());
    }

    [Fact]
    public async Task The_store_answers_for_a_token_that_the_snapshot_lacks()
    {
        var stored = AccessDatabase.Token("laptop", 1);
        var access = new AccessStore(_store);
        await access.AddAsync(stored);

        (await access.FindAsync(stored.Hash))!.Token.Id.ShouldBe(stored.Token.Id);
        (await access.FindAsync(AccessDatabase.Token("other", 2).Hash)).ShouldBeNull();
    }

    [Theory]
    [InlineData("expires_at")]
    [InlineData("revoked_at")]
    public async Task Tokens_that_ended_long_ago_take_no_room_and_are_still_told_from_unknown_ones(string column)
    {
        var (ended, lately) = (AccessDatabase.Token("ended", 1), AccessDatabase.Token("lately", 2));
        var access = new AccessStore(_other);
        await access.AddAsync(ended);
        await access.AddAsync(lately);
        var now = TimeProvider.System.GetUtcNow();
        await AccessDatabase.ExecuteAsync(
            _other, $"UPDATE access_tokens SET {column} = CASE name WHEN 'ended' THEN {now.AddDays(-31).ToUnixTimeMilliseconds()} ELSE {now.AddHours(-2).ToUnixTimeMilliseconds()} END");

        await _snapshots.StartAsync();

        _snapshots.Tokens.Current.Find(ended.Hash).ShouldBeNull();
        _snapshots.Tokens.Current.Find(lately.Hash).ShouldNotBeNull();
        (await _snapshots.FindTokenAsync(ended.Hash, CancellationToken.None))!.Token.Name.ShouldBe("ended");
    }

    [Fact]
    public async Task A_token_of_a_kind_unknown_to_this_version_opens_nothing()
    {
        await new AccessStore(_store).AddAsync(AccessDatabase.Token("laptop", 1));
        await AccessDatabase.ExecuteAsync(_store, "UPDATE access_tokens SET kind = 'superuser'");

        (await new AccessStore(_store).LoadAsync()).ShouldBeEmpty();
    }

    private AccessSnapshots Running(Func<MasterKey?> master) =>
        new(_store, _ring, _ => _providers, _environment.GetValueOrDefault, TimeProvider.System, _log, master);

    private async Task<string> AddOwnedAsync(string id, KeyRing? ring = null)
    {
        var row = OwnedCredential.Seal(
            ring ?? _ring, id, "ann", id, CredentialKind.ApiKey, new CredentialContent { Secret = Secret.From(Canary) }, DateTimeOffset.UnixEpoch);
        (await new AttachmentStore(_other).AddAsync(row)).ShouldBeTrue();
        return id;
    }

    private async Task<SealedCredential> AddCredentialAsync(string provider)
    {
        var row = SealedCredential.Seal(_ring, provider, "team", Secret.From(Canary), TimeProvider.System.GetUtcNow());
        (await new VaultStore(_other).AddAsync(row)).ShouldBeTrue();
        return row;
    }
}
