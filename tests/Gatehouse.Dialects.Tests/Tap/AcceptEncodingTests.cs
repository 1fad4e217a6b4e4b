using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class AcceptEncodingTests
{
    [Theory]
    [InlineData(null, "identity")]
    [InlineData("", "identity")]
    [InlineData("gzip, deflate, br, zstd", "gzip, deflate, br")]
    [InlineData("GZIP;q=0.5 , Br ; Q=1.0", "gzip;q=0.5, br")]
    [InlineData("zstd", "identity")]
    [InlineData("gzip;q=0, br", "br")]
    [InlineData("gzip;q=0", "identity")]
    [InlineData("*", "gzip, br, deflate")]
    [InlineData("*;q=0", "identity")]
    [InlineData("br;q=0, *;q=0.1", "gzip;q=0.1, deflate;q=0.1")]
    [InlineData("identity, gzip;q=0.333", "identity, gzip;q=0.333")]
    [InlineData("x-gzip, gzip", "gzip")]
    [InlineData("gzip;q=abc, deflate", "deflate")]
    [InlineData(",,;q=1, gzip", "gzip")]
    public void The_upstream_is_offered_what_client_and_tap_both_read(string? client, string upstream) =>
        AcceptEncoding.Negotiate(client).ShouldBe(upstream);

    [Theory]
    [InlineData("gzip, deflate, br, zstd")]
    [InlineData("gzip, deflate, br")]
    [InlineData("br, gzip, deflate")]
    [InlineData("gzip, deflate")]
    [InlineData("gzip, deflate, zstd")]
    [InlineData("gzip,deflate")]
    [InlineData("gzip, br")]
    [InlineData("gzip")]
    [InlineData("identity")]
    public void What_is_known_by_heart_is_what_the_grammar_says(string client) =>
        AcceptEncoding.Usual(client).ShouldBe(AcceptEncoding.Work(client));
}
