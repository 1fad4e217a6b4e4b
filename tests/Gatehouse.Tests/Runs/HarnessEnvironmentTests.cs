using Gatehouse.Gateway.Configuration;
using Gatehouse.Runs;

namespace Gatehouse.Tests.Runs;

/// <summary>Which variables an agent does not get.</summary>
public sealed class HarnessEnvironmentTests
{
    [Theory]
    [InlineData("GATEHOUSE_MASTER_KEY")]
    [InlineData("GATEHOUSE_NEXT_MASTER_KEY")]
    [InlineData("GATEHOUSE_RUN_TOKEN")]
    [InlineData("CLAUDE_ACCESS_TOKEN")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("KEY_OF_A_PROVIDER")]
    [InlineData("KEY_OF_AN_ACCOUNT")]
    [InlineData("TOKEN_OF_AN_ACCOUNT")]
    public void Every_variable_that_holds_a_secret_of_the_gateways_is_taken_away(string variable)
    {
        var loaded = ConfigLoader.Parse("""
            { "providers": {
                "mine": { "preset": "groq", "apiKeyEnv": "KEY_OF_A_PROVIDER" },
                "subscription": { "program": { "profiles": { "a": { "apiKeyEnv": "KEY_OF_AN_ACCOUNT" }, "b": { "oauthTokenEnv": "TOKEN_OF_AN_ACCOUNT" } } } } } }
            """u8.ToArray(), new ConfigInputs { DataDirectory = Path.GetTempPath() });
        loaded.Problems.ShouldBeEmpty();
        HarnessEnvironment.Secrets(loaded.Config!).ShouldContain(variable);
    }
}
