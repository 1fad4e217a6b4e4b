using System.Runtime.Versioning;
using System.Security.Cryptography;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests;

[SupportedOSPlatform("linux")]
public sealed class VaultRotationTests : IAsyncLifetime
{
    private const string Key = "sk-canary-of-rotation-0123456789";
    private readonly Dictionary<string, string> _environment = [];
    private StoreFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await StoreFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    private MasterKeySource Source => _fixture.MasterKey with { Environment = _environment.GetValueOrDefault };

    private VaultRotation Rotation => new(_fixture.Store, _fixture.Ring, Source, _fixture.Clock);

    [Fact]
    public async Task A_new_master_key_takes_the_place_of_the_file_and_the_former_one_is_kept_for_backups()
    {
        await FillAsync(2);
        var before = File.ReadAllText(Source.FilePath);

        var done = (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, false))).Value!;

        File.ReadAllText(Source.FilePath).ShouldNotBe(before);
        File.ReadAllText(done.KeptKeyFile!).ShouldBe(before);
        File.GetUnixFileMode(done.KeptKeyFile!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Source.FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (done.MasterKeyOrigin, done.Resealed).ShouldBe((Source.FilePath, 0));
        var opened = await new DataKeyStore(_fixture.Store, _fixture.Clock).OpenAsync(Source);
        opened.Ring!.TokenHasher.Hash("token"u8).ShouldBe(_fixture.Ring.TokenHasher.Hash("token"u8));
        await ShouldOpenAsync(opened.Ring, 2);
        var withFormer = await new DataKeyStore(_fixture.Store, _fixture.Clock).OpenAsync(Source with { FilePath = done.KeptKeyFile! });
        withFormer.Ring.ShouldBeNull();
    }

    [Fact]
    public async Task A_master_key_of_the_environment_is_followed_by_one_of_the_environment()
    {
        var first = File.ReadAllText(Source.FilePath).Trim();
        var next = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        _environment[MasterKeySource.Variable] = first;
        await FillAsync(1);

        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, false))).Error!.ShouldContain(MasterKeySource.NextVariable);
        _environment[MasterKeySource.NextVariable] = "no key";
        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, false))).Error!.ShouldContain(MasterKeySource.NextVariable);
        _environment[MasterKeySource.NextVariable] = next;
        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, false))).Value!.KeptKeyFile.ShouldBeNull();

        (await new DataKeyStore(_fixture.Store, _fixture.Clock).OpenAsync(Source)).Error!.ShouldContain("not the one");
        _environment[MasterKeySource.Variable] = next;
        await ShouldOpenAsync((await new DataKeyStore(_fixture.Store, _fixture.Clock).OpenAsync(Source)).Ring!, 1);
    }

    [Fact]
    public async Task Interrupted_between_database_and_file_the_next_start_takes_the_prepared_key()
    {
        await FillAsync(1);
        var keys = new DataKeyStore(_fixture.Store, _fixture.Clock);
        (await keys.RewrapAsync(Source.Load(false).Key!, Source.PrepareNext().Key!)).ShouldBeNull();

        var opened = await keys.OpenAsync(Source);

        await ShouldOpenAsync(opened.Ring!, 1);
        (await keys.OpenAsync(Source)).Ring.ShouldNotBeNull();
        Directory.GetFiles(Path.GetDirectoryName(Source.FilePath)!).Select(Path.GetFileName)
            .ShouldBe(["master.key", "master.key.before-20261121T120000000Z"], ignoreOrder: true);
    }

    [Fact]
    public async Task Interrupted_before_the_database_nothing_is_lost_and_the_prepared_key_is_used_later()
    {
        await FillAsync(1);
        var prepared = Source.PrepareNext();
        File.Exists($"{Source.FilePath}.next").ShouldBeTrue();

        var keys = new DataKeyStore(_fixture.Store, _fixture.Clock);
        await ShouldOpenAsync((await keys.OpenAsync(Source)).Ring!, 1);
        Source.PrepareNext().Created.ShouldBeFalse();
        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, false))).Error.ShouldBeNull();

        prepared.Created.ShouldBeTrue();
        await ShouldOpenAsync((await keys.OpenAsync(Source)).Ring!, 1);
    }

    [Fact]
    public async Task Every_credential_is_sealed_anew_in_batches_and_the_key_before_the_former_one_goes()
    {
        await FillAsync(230);
        var first = _fixture.Ring.KeyId(KeyPurpose.Vault);

        var done = (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(false, true))).Value!;

        (done.Resealed, done.Resumed).ShouldBe((231, false));
        done.Unreadable.ShouldBeEmpty();
        var second = _fixture.Ring.KeyId(KeyPurpose.Vault);
        second.ShouldNotBe(first);
        (await new OwnedCredentialReseal(_fixture.Store).KeysInUseAsync()).ShouldBe([second]);
        await ShouldOpenAsync(_fixture.Ring, 230);
        (await VaultKeysAsync()).ShouldBe([first, second]);

        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, true))).Value!.Resealed.ShouldBe(231);
        (await VaultKeysAsync()).ShouldBe([second, _fixture.Ring.KeyId(KeyPurpose.Vault)]);
        var opened = (await new DataKeyStore(_fixture.Store, _fixture.Clock).OpenAsync(Source)).Ring!;
        await ShouldOpenAsync(opened, 230);
    }

    [Fact]
    public async Task An_interrupted_resealing_goes_on_under_its_own_key()
    {
        await FillAsync(10);
        await new DataKeyStore(_fixture.Store, _fixture.Clock).AddVaultKeyAsync(_fixture.Ring, Source.Load(false).Key!);
        await new TenantStore(_fixture.Store).SetAsync(new PlatformSettingRow("vault.rotation", "true", default, null));
        (await new OwnedCredentialReseal(_fixture.Store).ResealAsync(_fixture.Ring, null, 4)).Resealed.ShouldBe(4);
        var key = _fixture.Ring.KeyId(KeyPurpose.Vault);

        // As another process, which knows nothing of the first.
        var ring = (await new DataKeyStore(_fixture.Store, _fixture.Clock).OpenAsync(Source)).Ring!;
        var done = (await new VaultRotation(_fixture.Store, ring, Source, _fixture.Clock).RotateAsync(Actor.OfThisMachine, new RotationPlan(false, true))).Value!;

        (done.Resealed, done.Resumed).ShouldBe((7, true));
        ring.KeyId(KeyPurpose.Vault).ShouldBe(key);
        await ShouldOpenAsync(ring, 10);
        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(false, true))).Value!.Resumed.ShouldBeFalse();
    }

    [Fact]
    public async Task What_can_not_be_opened_is_told_and_left_as_it_is()
    {
        await FillAsync(3);
        await ExecuteAsync("UPDATE owned_credentials SET owner_id = 'someone' WHERE id = 'c1'");

        var done = (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(false, true))).Value!;

        (done.Resealed, done.Unreadable.Single()).ShouldBe((3, "key 1"));
        await ExecuteAsync("UPDATE owned_credentials SET owner_id = 'ann' WHERE id = 'c1'");
        var rows = await new AttachmentStore(_fixture.Store).CredentialsAsync();
        rows.ShouldAllBe(row => row.Open(_fixture.Ring).Secret!.Reveal() == Key, "the former key is still there for it");
    }

    [Fact]
    public async Task A_secret_that_was_replaced_meanwhile_stays_the_newer_one()
    {
        await FillAsync(1);
        var attachments = new AttachmentStore(_fixture.Store);
        var row = (await attachments.CredentialsAsync()).Single();
        var replaced = row.Replace(_fixture.Ring, new CredentialContent { Secret = Secret.From("sk-newer") }, row.CreatedAt);

        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(false, true))).Error.ShouldBeNull();
        (await attachments.ReplaceAsync(replaced)).ShouldBeTrue("a rotation is no new revision of the secret");
        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(false, true))).Error.ShouldBeNull();

        (await attachments.CredentialsAsync()).Single().Open(_fixture.Ring).Secret!.Reveal().ShouldBe("sk-newer");
    }

    [Fact]
    public async Task A_wrong_or_missing_master_key_is_refused_and_nothing_is_overwritten()
    {
        await FillAsync(1);
        var before = await DumpAsync();

        _environment[MasterKeySource.Variable] = new string('1', 64);
        _environment[MasterKeySource.NextVariable] = new string('2', 64);
        foreach (var plan in (RotationPlan[])[new(true, false), new(false, true), new(true, true)])
        {
            (await Rotation.RotateAsync(Actor.OfThisMachine, plan)).Refusal.ShouldBe(EditRefusal.Conflict);
        }
        _environment.Clear();
        File.Move(Source.FilePath, Source.FilePath + ".away");
        (await Rotation.RotateAsync(Actor.OfThisMachine, new RotationPlan(true, true))).Error!.ShouldContain("Put the key back");

        (await DumpAsync()).ShouldBe(before);
        File.Exists(Source.FilePath).ShouldBeFalse();
    }

    [Fact]
    public async Task Only_administrators_rotate() =>
        (await Rotation.RotateAsync(new Actor("ann", UserRole.Member), new RotationPlan(true, true))).Refusal.ShouldBe(EditRefusal.Forbidden);

    private async Task FillAsync(int count)
    {
        var attachments = new AttachmentStore(_fixture.Store);
        for (var i = 0; i < count; i++)
        {
            await attachments.AddAsync(OwnedCredential.Seal(
                _fixture.Ring, $"c{i}", "ann", $"key {i}", CredentialKind.ApiKey, new CredentialContent { Secret = Secret.From(Key) },
                _fixture.Clock.GetUtcNow()));
        }
        (await _fixture.Vault.AddAsync(Actor.OfThisMachine, "openai", "team", Secret.From(Key))).Error.ShouldBeNull();
    }

    private async Task ShouldOpenAsync(KeyRing ring, int count)
    {
        var rows = await new AttachmentStore(_fixture.Store).CredentialsAsync();
        rows.Count.ShouldBe(count);
        rows.ShouldAllBe(row => row.Open(ring).Secret!.Reveal() == Key);
        rows.ShouldAllBe(row => row.KeyId == ring.KeyId(KeyPurpose.Vault));
        (await new VaultStore(_fixture.Store).LoadAsync()).Single().Open(ring)!.Secret.Reveal().ShouldBe(Key);
    }

    private Task<List<Guid>> VaultKeysAsync() => _fixture.Store.ReadAsync(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM data_keys WHERE purpose = 'vault' ORDER BY created_at";
        using var rows = command.ExecuteReader();
        var ids = new List<Guid>();
        while (rows.Read()) ids.Add(new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true));
        return ids;
    });

    private Task<string> DumpAsync() => _fixture.Store.ReadAsync(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(hex(wrapped), ' ') || (SELECT group_concat(hex(sealed), ' ') FROM owned_credentials) FROM data_keys";
        return (string)command.ExecuteScalar()!;
    });

    private Task<int> ExecuteAsync(string sql) => _fixture.Store.WriteAsync((connection, transaction) =>
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        return command.ExecuteNonQuery();
    });
}
