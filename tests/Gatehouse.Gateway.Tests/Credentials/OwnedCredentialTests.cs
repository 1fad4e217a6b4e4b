using System.Text;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class OwnedCredentialTests
{
    private const string Key = "sk-canary-7fQ2vX9-0123456789";
    private static readonly KeyRing _ring = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;

    [Fact]
    public void What_is_sealed_comes_out_whole()
    {
        var content = new CredentialContent
        {
            Secret = Secret.From(Key),
            BaseUrl = new Uri("https://anthropic-alt.example/anthropic"),
            Dialect = Dialect.Anthropic,
            Provider = "deepseek",
        };

        var opened = Seal(content: content).Open(_ring);

        opened.Secret!.Reveal().ShouldBe(Key);
        opened.BaseUrl.ShouldBe(content.BaseUrl);
        opened.Dialect.ShouldBe(Dialect.Anthropic);
        opened.Provider.ShouldBe("deepseek");
        (opened.Id, opened.OwnerId, opened.Kind, opened.Revision, opened.Hint).ShouldBe(("one", "ann", CredentialKind.ApiKey, 1, "6789"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200_000)]
    [InlineData(1_000_000)]
    public void Secrets_of_any_length_survive(int length)
    {
        var text = string.Concat(Enumerable.Repeat("é\"\n\0", (length / 4) + 1))[..length];

        Seal(content: new CredentialContent { Secret = Secret.From(text) }).Open(_ring).Secret!.Reveal().ShouldBe(text);
    }

    public static TheoryData<string> Alterations => ["id", "owner", "kind", "bytes", "cut", "empty", "swapped"];

    [Theory]
    [MemberData(nameof(Alterations))]
    public void An_altered_row_does_not_open(string what)
    {
        var row = Seal();
        var altered = what switch
        {
            "id" => row with { Id = "two" },
            "owner" => row with { OwnerId = "bob" },
            "kind" => row with { Kind = CredentialKind.OpenAiCompatible },
            "bytes" => row with { Sealed = [.. row.Sealed.Select((b, i) => i == row.Sealed.Length / 2 ? (byte)(b ^ 1) : b)] },
            "cut" => row with { Sealed = row.Sealed[..^1] },
            "empty" => row with { Sealed = [] },
            _ => row with { Sealed = Seal("two").Sealed },
        };

        altered.Open(_ring).Secret.ShouldBeNull();
        row.Open(_ring).Secret.ShouldNotBeNull();
    }

    [Fact]
    public void Ids_with_separators_in_them_are_not_mistaken_for_one_another()
    {
        var row = Seal("a/1:b", "c");

        (row with { Id = "a", OwnerId = "1:b/c" }).Open(_ring).Secret.ShouldBeNull();
        row.Open(_ring).Secret.ShouldNotBeNull();
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        var other = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;

        Seal().Open(other).Secret.ShouldBeNull();
    }

    [Fact]
    public void The_same_secret_is_never_sealed_to_the_same_bytes() => Seal().Sealed.ShouldNotBe(Seal().Sealed);

    [Fact]
    public void A_replacement_is_the_next_revision_and_opens()
    {
        var next = Seal().Replace(_ring, new CredentialContent { Secret = Secret.From("sk-the-next-one-abcdefgh") }, DateTimeOffset.UnixEpoch.AddDays(1));

        (next.Revision, next.Hint, next.UpdatedAt).ShouldBe((2, "efgh", DateTimeOffset.UnixEpoch.AddDays(1)));
        next.Open(_ring).Secret!.Reveal().ShouldBe("sk-the-next-one-abcdefgh");
    }

    [Theory]
    [InlineData("""{"secret":"k","dialect":"of-a-later-version"}""")]
    [InlineData("""{"secret":"k","baseUrl":"not an address"}""")]
    [InlineData("""{"secret":1}""")]
    [InlineData("""{"baseUrl":"https://a.example"}""")]
    [InlineData("""["k"]""")]
    [InlineData("k")]
    [InlineData("")]
    public void Sealed_text_of_another_shape_is_not_guessed_at(string text) =>
        CredentialContent.TryRead(Encoding.UTF8.GetBytes(text)).ShouldBeNull();

    [Fact]
    public void Neither_row_nor_opened_credential_prints_the_secret()
    {
        var row = Seal();
        var opened = row.Open(_ring);

        foreach (var text in (string?[])[row.ToString(), opened.ToString(), JsonSerializer.Serialize(opened), JsonSerializer.Serialize(row)])
        {
            text!.ShouldNotContain(Key);
            text!.ShouldNotContain(Key[3..15]);
        }
    }

    private static OwnedCredential Seal(string id = "one", string owner = "ann", CredentialContent? content = null) => OwnedCredential.Seal(
        _ring, id, owner, "team", CredentialKind.ApiKey, content ?? new CredentialContent { Secret = Secret.From(Key) }, DateTimeOffset.UnixEpoch);
}
