using System.Text.Json;
using Gatehouse.Serve;

namespace Gatehouse.Tests.Serve;

public sealed class AgentLinesTests
{
    [Fact]
    public void Opencodes_configuration_is_json_that_moves_both_vendors_here()
    {
        var line = AgentLines.All("http://127.0.0.1:8484", "ghc_x", "").Single(l => l.Agent == "OpenCode").Line;
        using var json = JsonDocument.Parse(line.Split('\'')[1]);
        foreach (var vendor in (string[])["anthropic", "openai"])
        {
            var options = json.RootElement.GetProperty("provider").GetProperty(vendor).GetProperty("options");
            options.GetProperty("baseURL").GetString().ShouldBe("http://127.0.0.1:8484/v1");
            options.GetProperty("apiKey").GetString().ShouldBe("ghc_x");
        }
    }

    [Fact]
    public void Vendors_keys_that_are_set_are_hidden_from_the_agents()
    {
        AgentLines.Unset(_ => null).ShouldBeEmpty();
        AgentLines.Unset(name => name == "OPENAI_API_KEY" ? "x" : null).ShouldBe("env -u OPENAI_API_KEY ");
        AgentLines.All("http://h", "t", "env -u A ").ShouldAllBe(l => l.Line.StartsWith("env -u A "));
    }
}
