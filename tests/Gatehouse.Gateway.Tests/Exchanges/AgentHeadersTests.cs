using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;
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
        var headers = new HeaderDictionary { [header] = "s-1", ["x-claude-code-agent-id"] = "a-1", ["x-claude-code-parent-agent-id"] = "p-1" };
        AgentHeaders.Read(CallerHeaders.Of(headers), record);
        record.SessionId.ShouldBe("s-1");
        record.AgentId.ShouldBe("a-1");
        record.ParentAgentId.ShouldBe("p-1");
    }

    [Fact]
    public void A_long_value_is_cut_and_absent_ones_stay_unknown()
    {
        var record = new ExchangeRecord();
        AgentHeaders.Read(CallerHeaders.Of(new HeaderDictionary { ["x-session-id"] = new string('x', 5000) }), record);
        record.SessionId!.Length.ShouldBe(128);
        record.AgentId.ShouldBeNull();
        record.ClientRequestId.ShouldBeNull();
    }

    [Theory]
    [InlineData("x-claude-code-session-id", "x-session-id")]
    [InlineData("session-id", "thread-id")]
    [InlineData("X-Session-Id", "x-litellm-session-id")]
    public void Of_several_sessions_the_agents_own_counts_in_whatever_order_they_come(string own, string other)
    {
        foreach (var headers in new HeaderDictionary[] { new() { [own] = "mine", [other] = "theirs" }, new() { [other] = "theirs", [own] = "mine" } })
        {
            var record = new ExchangeRecord();
            AgentHeaders.Read(CallerHeaders.Of(headers), record);
            record.SessionId.ShouldBe("mine");
        }
    }

    [Fact]
    public void A_header_that_says_nothing_leaves_the_place_to_the_next()
    {
        var record = new ExchangeRecord();
        var headers = new HeaderDictionary
        {
            ["x-request-id"] = " ",
            ["x-client-request-id"] = "r-1",
            ["x-agent-id"] = "a-1",
            ["user-agent"] = "codex/1",
        };
        AgentHeaders.Read(CallerHeaders.Of(headers), record);
        (record.ClientRequestId, record.AgentId, record.Client).ShouldBe(("r-1", "a-1", "codex"));
    }
}
