using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Secrets;

namespace Gatehouse.ClaudeCli.Tests.Programs;

public sealed class ClaudeProfileTests
{
    [Fact]
    public void The_program_gets_what_it_needs_of_the_machine_and_no_key_of_the_gateways()
    {
        var machine = new Dictionary<string, string>
        {
            ["HOME"] = "/home/x",
            ["PATH"] = "/bin",
            ["ANTHROPIC_API_KEY"] = "sk-gateway",
            ["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:8484",
            ["OPENAI_API_KEY"] = "sk-o",
            ["GATEHOUSE_MASTER_KEY"] = "k",
            ["CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS"] = "1",
            ["CLAUDE_CODE_OAUTH_TOKEN"] = "t",
        };
        var profile = new ClaudeProfile("a", "/login", Secret.From("sk-profile"), null, new Uri("http://127.0.0.1:9/"));
        var given = profile.Environment(machine.GetValueOrDefault).ToDictionary();
        given["HOME"].ShouldBe("/home/x");
        given["ANTHROPIC_API_KEY"].ShouldBe("sk-profile");
        given["ANTHROPIC_BASE_URL"].ShouldBe("http://127.0.0.1:9");
        given["CLAUDE_CONFIG_DIR"].ShouldBe("/login");
        given["ENABLE_TOOL_SEARCH"].ShouldBe("false");
        given.Keys.ShouldNotContain("OPENAI_API_KEY");
        given.Keys.ShouldNotContain("GATEHOUSE_MASTER_KEY");
        given.Keys.ShouldNotContain("CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS");
        given.Keys.ShouldNotContain("CLAUDE_CODE_OAUTH_TOKEN");
        new ClaudeProfile("b", null, null, null, null).Environment(machine.GetValueOrDefault).ToDictionary().Keys.ShouldNotContain("ANTHROPIC_API_KEY");
    }
}
