using System.Text;

namespace Gatehouse.Secrets.Tests;

public sealed class KeyRingTests
{
    private static readonly byte[] s_plain = Encoding.UTF8.GetBytes("sk-canary-7fQ2vX9");
    private readonly MasterKey _master = MasterKey.Generate();
    private readonly IReadOnlyList<WrappedKey> _rows;
    private readonly KeyRing _ring;

    public KeyRingTests()
    {
        var created = KeyRing.Open(_master, [], TimeProvider.System);
        (_ring, _rows) = (created.Ring!, created.Created);
    }

    [Fact]
    public void A_new_ring_has_a_key_per_purpose_and_a_verifier()
    {
        _rows.Select(row => row.Purpose).Order().ShouldBe(["conversation-state", "token-hash", "vault", "verifier"]);
        _rows.Select(row => row.Id).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void What_one_ring_sealed_opens_in_the_ring_that_was_stored()
    {
        var box = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);
        var again = KeyRing.Open(_master, _rows, TimeProvider.System);

        again.Error.ShouldBeNull();
        again.Created.ShouldBeEmpty();
        again.Ring!.TryOpen(KeyPurpose.Vault, "row-1", box).ShouldBe(s_plain);
        again.Ring.TokenHasher.Hash(s_plain).ShouldBe(_ring.TokenHasher.Hash(s_plain));
    }

    [Fact]
    public void A_value_sealed_to_travel_in_prompts_is_the_same_each_time_and_bound_like_any_other()
    {
        var box = _ring.SealSame(KeyPurpose.ConversationState, "row-1", s_plain);

        _ring.SealSame(KeyPurpose.ConversationState, "row-1", s_plain).ShouldBe(box);
        _ring.SealSame(KeyPurpose.ConversationState, "row-2", s_plain)[17..29]
            .ShouldNotBe(box[17..29], "another binding takes another nonce");
        _ring.SealSame(KeyPurpose.ConversationState, "row-1", [.. s_plain, 0])[17..29]
            .ShouldNotBe(box[17..29], "another value takes another nonce");
        Encoding.Latin1.GetString(box).ShouldNotContain("canary");
        _ring.TryOpen(KeyPurpose.ConversationState, "row-1", box).ShouldBe(s_plain);
        _ring.TryOpen(KeyPurpose.ConversationState, "row-2", box).ShouldBeNull();
        _ring.TryOpen(KeyPurpose.Vault, "row-1", box).ShouldBeNull();
    }

    [Fact]
    public void A_sealed_value_holds_nothing_of_its_content_and_never_repeats()
    {
        var one = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);
        var two = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);

        one.AsSpan().IndexOf(s_plain.AsSpan(0, 4)).ShouldBe(-1);
        one.SequenceEqual(two).ShouldBeFalse();
        one[0].ShouldBe((byte)1);
        new Guid(one.AsSpan(1, 16), bigEndian: true).ShouldBe(_ring.KeyId(KeyPurpose.Vault));
    }

    [Fact]
    public void A_value_moved_to_another_row_or_purpose_does_not_open()
    {
        var box = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);

        _ring.TryOpen(KeyPurpose.Vault, "row-2", box).ShouldBeNull();
        _ring.TryOpen(KeyPurpose.Vault, "", box).ShouldBeNull();
        _ring.TryOpen(KeyPurpose.ConversationState, "row-1", box).ShouldBeNull();
    }

    [Fact]
    public void A_value_altered_in_any_bit_does_not_open()
    {
        var box = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);
        for (var at = 0; at < box.Length * 8; at++)
        {
            box[at / 8] ^= (byte)(1 << (at % 8));
            _ring.TryOpen(KeyPurpose.Vault, "row-1", box).ShouldBeNull($"bit {at}");
            box[at / 8] ^= (byte)(1 << (at % 8));
        }
        _ring.TryOpen(KeyPurpose.Vault, "row-1", box).ShouldBe(s_plain);
    }

    [Fact]
    public void A_value_cut_short_does_not_open()
    {
        var box = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);
        for (var length = 0; length < box.Length; length++)
        {
            _ring.TryOpen(KeyPurpose.Vault, "row-1", box.AsSpan(0, length)).ShouldBeNull();
        }
    }

    [Fact]
    public void An_empty_value_seals_and_opens() =>
        _ring.TryOpen(KeyPurpose.Vault, "row-1", _ring.Seal(KeyPurpose.Vault, "row-1", [])).ShouldBe([]);

    [Fact]
    public void A_wrong_master_key_is_told_and_makes_nothing_new()
    {
        var opened = KeyRing.Open(MasterKey.Generate(), _rows, TimeProvider.System);

        opened.Ring.ShouldBeNull();
        opened.Created.ShouldBeEmpty();
        opened.Error!.ShouldContain("not the one that this database was sealed with");
    }

    [Theory]
    [InlineData("vault")]
    [InlineData("token-hash")]
    [InlineData("conversation-state")]
    [InlineData("verifier")]
    public void A_missing_key_is_told_and_never_replaced(string purpose)
    {
        var opened = KeyRing.Open(_master, [.. _rows.Where(row => row.Purpose != purpose)], TimeProvider.System);

        opened.Ring.ShouldBeNull();
        opened.Created.ShouldBeEmpty();
        opened.Error!.ShouldContain(purpose);
    }

    [Fact]
    public void Data_keys_that_were_altered_or_exchanged_are_told()
    {
        var vault = _rows.Single(row => row.Purpose == "vault");
        var hash = _rows.Single(row => row.Purpose == "token-hash");
        var others = _rows.Where(row => row != vault && row != hash).ToList();
        byte[] bent = [.. vault.Wrapped];
        bent[^1] ^= 1;

        KeyRing.Open(_master, [.. others, hash, vault with { Wrapped = bent }], TimeProvider.System).Error!.ShouldContain("vault");
        KeyRing.Open(
            _master, [.. others, hash with { Wrapped = vault.Wrapped }, vault with { Wrapped = hash.Wrapped }], TimeProvider.System)
            .Error.ShouldNotBeNull();
        KeyRing.Open(_master, [.. others, hash with { Purpose = "vault" }, vault with { Purpose = "token-hash" }], TimeProvider.System)
            .Error.ShouldNotBeNull();
    }

    [Fact]
    public void The_master_key_is_replaced_and_values_and_hashes_survive()
    {
        var next = MasterKey.Generate();
        var box = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);

        var rows = _ring.Rewrap(next);
        var after = KeyRing.Open(next, rows, TimeProvider.System);

        after.Ring!.TryOpen(KeyPurpose.Vault, "row-1", box).ShouldBe(s_plain);
        after.Ring.TokenHasher.Hash(s_plain).ShouldBe(_ring.TokenHasher.Hash(s_plain));
        KeyRing.Open(_master, rows, TimeProvider.System).Error.ShouldNotBeNull();
        rows.Select(row => (row.Id, row.Purpose, row.CreatedAt)).Order()
            .ShouldBe(_rows.Select(row => (row.Id, row.Purpose, row.CreatedAt)).Order());
    }

    [Fact]
    public void A_further_key_seals_once_it_is_learnt_and_the_former_one_still_opens()
    {
        var before = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);
        var next = _ring.Follow(KeyPurpose.Vault, _master, TimeProvider.System);
        _ring.KeyId(KeyPurpose.Vault).ShouldNotBe(next.Id);

        _ring.Learn(_master, [.. _rows, next]).ShouldBeTrue();

        _ring.KeyId(KeyPurpose.Vault).ShouldBe(next.Id);
        var after = _ring.Seal(KeyPurpose.Vault, "row-1", s_plain);
        _ring.TryOpen(KeyPurpose.Vault, "row-1", before).ShouldBe(s_plain);
        _ring.TryOpen(KeyPurpose.Vault, "row-1", after).ShouldBe(s_plain);
        var old = KeyRing.Open(_master, _rows, TimeProvider.System).Ring!;
        old.Knows(KeyPurpose.Vault, before).ShouldBeTrue();
        old.Knows(KeyPurpose.Vault, after).ShouldBeFalse();
        old.TryOpen(KeyPurpose.Vault, "row-1", after).ShouldBeNull();
        KeyRing.Open(_master, [next, .. _rows.Reverse()], TimeProvider.System).Ring!.KeyId(KeyPurpose.Vault).ShouldBe(next.Id);
        _ring.Rewrap(MasterKey.Generate()).Count.ShouldBe(5);
    }

    [Fact]
    public void A_key_follows_also_when_the_clock_was_set_back()
    {
        var next = _ring.Follow(KeyPurpose.Vault, _master, new StandingClock(DateTimeOffset.UnixEpoch));

        _ring.Learn(_master, [.. _rows, next]).ShouldBeTrue();

        _ring.KeyId(KeyPurpose.Vault).ShouldBe(next.Id);
    }

    [Fact]
    public void A_wrong_master_key_teaches_nothing_and_hashes_are_never_keyed_anew()
    {
        var next = _ring.Follow(KeyPurpose.Vault, _master, TimeProvider.System);
        var hash = _ring.TokenHasher.Hash(s_plain);

        _ring.Learn(MasterKey.Generate(), [.. _rows, next]).ShouldBeFalse();
        _ring.Learn(_master, []).ShouldBeFalse();
        _ring.KeyId(KeyPurpose.Vault).ShouldNotBe(next.Id);
        Should.Throw<ArgumentOutOfRangeException>(() => _ring.Follow(KeyPurpose.TokenHash, _master, TimeProvider.System));
        _ring.Learn(_master, [.. _rows, next]).ShouldBeTrue();
        _ring.TokenHasher.Hash(s_plain).ShouldBe(hash);
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public void Two_rings_hash_the_same_token_differently()
    {
        var other = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;

        other.TokenHasher.Hash(s_plain).ShouldNotBe(_ring.TokenHasher.Hash(s_plain));
    }
}
