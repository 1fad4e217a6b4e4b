using Gatehouse.Clients.Diffs;

namespace Gatehouse.Clients.Tests.Diffs;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("+  \"ANTHROPIC_API_KEY\": \"sk-1234567\",", "+  \"ANTHROPIC_API_KEY\": \"***\",")]
    [InlineData(" experimental_bearer_token = 'abc def'", " experimental_bearer_token = '***'")]
    [InlineData("-\"apiKey\":\"a\\\"b\"", "-\"apiKey\":\"***\"")]
    [InlineData(" \"Authorization\": \"Bearer x\"", " \"Authorization\": \"***\"")]
    [InlineData(" client-secret = \"s\"", " client-secret = \"***\"")]
    public void What_stands_behind_a_name_that_says_so_is_masked(string line, string shown) => SecretMask.Of(line, []).ShouldBe(shown);

    [Theory]
    [InlineData(" env_key = \"OPENAI_API_KEY\"")]
    [InlineData(" \"envKey\": \"GATEHOUSE_TOKEN\"")]
    [InlineData(" \"apiKey\": \"{file:/a/gatehouse-token}\"")]
    [InlineData(" \"api_key\": \"$GATEHOUSE_TOKEN\"")]
    [InlineData(" \"keyboard\": \"de\"")]
    [InlineData(" \"apiKey\": \"\"")]
    public void What_only_refers_to_a_secret_is_shown(string line) => SecretMask.Of(line, []).ShouldBe(line);

    [Fact]
    public void Known_secrets_are_masked_wherever_they_stand() => SecretMask.Of("curl -H x:ghc_abcdef http://a", ["ghc_abcdef", "a"]).ShouldBe("curl -H x:*** http://a");
}
