using System.Security.Cryptography;

namespace Gatehouse.Secrets.Tests;

public sealed class MasterKeyTests
{
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void Hexadecimal_and_both_forms_of_base64_are_read()
    {
        // 0xFB… gives '+' and '/' a place in the base64 text.
        _bytes.AsSpan(0, 3).Fill(0xFB);
        _bytes.AsSpan(3, 3).Fill(0xFF);
        var base64 = Convert.ToBase64String(_bytes);
        var url = base64.Replace('+', '-').Replace('/', '_');

        foreach (var text in new[] { Convert.ToHexString(_bytes), Convert.ToHexStringLower(_bytes), base64, base64.TrimEnd('='), url,
            url.TrimEnd('='), $" {base64}\n" })
        {
            MasterKey.TryParse(text)!.Export().ShouldBe(base64);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Anything_else_is_not_a_key(string text) => MasterKey.TryParse(text).ShouldBeNull();

    [Fact]
    public void Keys_are_random() => MasterKey.Generate().Export().ShouldNotBe(MasterKey.Generate().Export());
}
