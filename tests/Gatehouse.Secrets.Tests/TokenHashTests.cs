using System.Security.Cryptography;

namespace Gatehouse.Secrets.Tests;

public sealed class TokenHashTests
{
    [Fact]
    public void It_is_the_hmac_sha_256_of_the_bytes()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);

        new TokenHasher(key).Hash("token"u8).ToArray().ShouldBe(HMACSHA256.HashData(key, "token"u8));
    }

    [Fact]
    public void It_is_equal_by_value_and_differs_in_every_bit()
    {
        var bytes = RandomNumberGenerator.GetBytes(TokenHash.Size);
        var hash = new TokenHash(bytes);
        var same = new TokenHash(hash.ToArray());

        same.ShouldBe(hash);
        (same == hash).ShouldBeTrue();
        same.GetHashCode().ShouldBe(hash.GetHashCode());
        same.Equals((object)hash).ShouldBeTrue();
        for (var bit = 0; bit < 256; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            (new TokenHash(bytes) != hash).ShouldBeTrue($"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Another_size_is_an_error(int size) => Should.Throw<ArgumentException>(() => new TokenHash(new byte[size]));
}
