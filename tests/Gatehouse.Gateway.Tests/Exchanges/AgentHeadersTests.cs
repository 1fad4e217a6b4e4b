using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class AgentHeadersTests
{
    [Theory]
    [InlineData("claude-cli/2.1.329 (external, sdk-cli)", "claude-cli")]
    [InlineData("codex_exec/0.169.0 (Debian 12; x86_64)", "codex_exec")]
    [InlineData("Anthropic/JS 1.11.0", "anthropic")]
    [InlineData("opencode/1.18.33 ai-sdk/provider-utils/3 runtime/bun/1", "opencode")]
    [InlineData("", null)]
    [InlineData("   ", null)]
    public void The_family_of_a_client_is_what_stands_before_its_version(string userAgent, string? family) =>
        AgentHeaders.Family(userAgent).ShouldBe(family);

    [Theory]
    [InlineData("x-claude-code-session-id")]
    [InlineData("session-id")]
    [InlineData("x-session-id")]
    [InlineData("thread-id")]
    [InlineData("x-opencode-session")]
    [InlineData("x-session-affinity")]
    [InlineData("x-litellm-session-id")]
    public void A_session_is_read_off_whichever_header_the_agent_sends(string header)
    {
        var record = new ExchangeRecord();
        AgentHeaders.Read(new HeaderDictionary { [header] = "s-1", ["x-claude-code-agent-id"] = "a-1", ["x-claude-code-parent-agent-id"] = "p-1" }, record);
        record.SessionId.ShouldBe("s-1");
        record.AgentId.ShouldBe("a-1");
        record.ParentAgentId.ShouldBe("p-1");
    }

    [Fact]
    public void A_long_value_is_cut_and_absent_ones_stay_unknown()
    {
        var record = new ExchangeRecord();
        AgentHeaders.Read(new HeaderDictionary { ["x-session-id"] = new string('x', 5000) }, record);
        record.SessionId!.Length.ShouldBe(128);
        record.AgentId.ShouldBeNull();
        record.ClientRequestId.ShouldBeNull();
    }
}
