namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class ClaudeLoginConfigurationTests
{
    [Theory]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login" } } }""")]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login", "preset": "anthropic" } }, "listen": ["http://[::1]:1", "http://localhost:2"], "allowedHosts": ["localhost"] }""")]
    [InlineData("""{ "providers": { "mine": { "auth": "claude-login", "endpoints": { "anthropic": "http://127.0.0.1:9" }, "allowPrivateNetwork": true } } }""")]
    public void One_person_at_the_vendors_own_address_may_have_it(string text)
    {
        var provider = ConfigFixture.Good(text).Providers.Single();
        provider.ClaudeLogin.ShouldBeTrue();
        provider.Preset.ShouldBe("anthropic");
        provider.DefaultModels.ShouldBe(["claude-*"]);
    }

    [Fact]
    public void It_is_off_unless_it_is_switched_on()
    {
        ConfigFixture.Good("""{ "providers": { "anthropic": { "preset": "anthropic", "auth": "key" } } }""").Providers.Single().ClaudeLogin.ShouldBeFalse();
        ConfigFixture.Good("""{ "providers": { "anthropic": { "preset": "anthropic" } } }""").Providers.Single().ClaudeLogin.ShouldBeFalse();
        ConfigFixture.Good("{}", new() { ["ANTHROPIC_API_KEY"] = "k", ["CLAUDE_ACCESS_TOKEN"] = "t" }).Providers.Single().ClaudeLogin.ShouldBeFalse();
        ConfigFixture.Good("{}", new() { ["CLAUDE_ACCESS_TOKEN"] = "t" }).Providers.ShouldBeEmpty();
        ConfigFixture.Good("{}", new() { ["GATEHOUSE__PROVIDERS__ANTHROPIC__AUTH"] = "claude-login" }).Providers.Single().ClaudeLogin.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{ "providers": { "anthropic": { "auth": "login", "preset": "anthropic" } } }""", "providers.anthropic.auth: is neither \"key\" nor \"claude-login\"")]
    [InlineData("""{ "listen": "http://0.0.0.0:1", "allowRemote": true, "providers": { "anthropic": { "auth": "claude-login" } } }""", "while an address is listened on that other machines can reach, and the login is one person's")]
    [InlineData("""{ "allowedHosts": ["gateway.example.com"], "providers": { "anthropic": { "auth": "claude-login" } } }""", "while allowedHosts lets callers in by other names")]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login", "endpoints": { "anthropic": "https://elsewhere.example.com" } } } }""", "goes to the vendor's own address alone")]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login", "endpoints": { "anthropic": "http://127.0.0.1:9", "openai-chat": "http://127.0.0.1:9/v1" }, "allowPrivateNetwork": true } } }""", "goes to the vendor's own address alone")]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login", "endpoints": { "anthropic": "https://10.0.0.1" }, "allowPrivateNetwork": true } } }""", "goes to the vendor's own address alone")]
    [InlineData("""{ "providers": { "groq": { "auth": "claude-login", "preset": "groq" } } }""", "counts at anthropic alone")]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login", "apiKeyEnv": "KEY" } } }""", "providers.anthropic.apiKeyEnv: has no place beside")]
    public void Anything_else_is_an_error_that_says_why(string text, string why)
    {
        var fault = ConfigFixture.Faults(text).ShouldHaveSingleItem();
        fault.ShouldContain(why);
    }
}
