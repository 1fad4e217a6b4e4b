using Gatehouse.Gateway.Access;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class TokenTextTests
{
    [Theory]
    [InlineData(TokenKind.Client, "ghc_")]
    [InlineData(TokenKind.Workspace, "ghw_")]
    [InlineData(TokenKind.Runner, "ghn_")]
    [InlineData(TokenKind.Service, "ghv_")]
    [InlineData(TokenKind.Admin, "gha_")]
    public void A_token_tells_its_kind_and_is_one_word(TokenKind kind, string prefix)
    {
        var text = TokenText.Mint(kind).Reveal();

        text.ShouldStartWith(prefix);
        text.ShouldMatch("^gh[a-z]_[0-9A-Za-z]{49}$");
        TokenText.Inspect(text, new byte[TokenText.Length]).ShouldBe(TokenShape.WellFormed);
    }

    [Fact]
    public void The_checksum_is_crc_32c_of_what_goes_before()
    {
        // Reckoned bit by bit from the polynomial, apart from the processor's instruction that the product uses.
        var text = TokenText.Mint(TokenKind.Client).Reveal();
        var crc = uint.MaxValue;
        foreach (var letter in text[..^6])
        {
            crc ^= letter;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
        }
        var expected = "";
        for (var i = 0; i < 6; i++, crc /= 62)
        {
            expected = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int)(crc % 62)] + expected;
        }

        text[^6..].ShouldBe(expected);
    }

    [Fact]
    public void Every_single_mistyped_character_is_noticed()
    {
        var text = TokenText.Mint(TokenKind.Client).Reveal();
        var ascii = new byte[TokenText.Length];
        for (var at = 4; at < text.Length; at++)
        {
            foreach (var other in "0aZé ~")
            {
                if (text[at] == other) continue;
                var typed = text[..at] + other + text[(at + 1)..];
                TokenText.Inspect(typed, ascii).ShouldBe(TokenShape.Malformed, $"position {at}");
            }
        }
    }

    [Fact]
    public void Tokens_do_not_repeat() =>
        Enumerable.Range(0, 1000).Select(_ => TokenText.Mint(TokenKind.Client).Reveal()).Distinct().Count().ShouldBe(1000);

    [Fact]
    public void The_hint_shows_prefix_and_last_four()
    {
        var token = TokenText.Mint(TokenKind.Client);

        TokenText.Hint(token).ShouldBe($"ghc_…{token.Reveal()[^4..]}");
    }
}
