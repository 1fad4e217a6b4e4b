using System.Text;
using Gatehouse.ClaudeCli.Agents;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Agents;

public sealed class AgentNamesTests
{
    private const string Description = """
        Starts an agent.

        Available agent types and the tools they have access to:
        - oracle: Reviews code
        - explore: Looks around
        - librarian: Reads documents
        - multimodal-looker: Sees
        - sisyphus-junior: Works
        - plan: Plans

        - not-an-agent: behind the list
        """;

    [Fact]
    public void A_description_names_the_agents() =>
        AgentNames.Described(Description).Select(agent => agent.Name).ShouldBe(["oracle", "explore", "librarian", "multimodal-looker", "sisyphus-junior", "plan"]);

    /// <summary>The lists that clients of 1.8.0's time sent: the program's own, a plug-in's with ten, one of a person's own, and a single agent.</summary>
    [Theory]
    [InlineData("general,explore")]
    [InlineData("oracle,librarian,explore,frontend-ui-ux-engineer,document-writer,multimodal-looker,sisyphus-junior,metis,momus,prometheus")]
    [InlineData("my_reviewer,db-expert,x1")]
    [InlineData("solo")]
    public void Each_agent_of_a_list_is_defined_as_the_client_describes_it(string names)
    {
        var list = string.Join('\n', names.Split(',').Select(name => $"- {name}: Does what a {name} does: all of it  "));
        var agents = Agents($"Launch a new agent.\n\nAvailable agent types and the tools they have access to:\n{list}\n\nWhen using the Task tool").Definitions;
        agents.Select(agent => agent.Name).ShouldBe(names.Split(','));
        foreach (var agent in agents)
        {
            agent.Description.ShouldBe($"Does what a {agent.Name} does: all of it");
            agent.Prompt.ShouldContain($"\"{agent.Name}\" agent");
            agent.Prompt.ShouldContain(agent.Description);
            agent.Prompt.ShouldContain("short result");
        }

        AgentDefinition.Hint(agents).ShouldNotBeNull().ShouldContain(string.Join(", ", agents.Select(agent => agent.Name)));
    }

    [Fact]
    public void A_definition_inherits_the_model_and_has_the_six_tools_and_no_others()
    {
        using var output = new PooledBuffer();
        AgentDefinition.Write(new JsonWriter(output), [new AgentDefinition("oracle", "Reviews")], WorkTools.Listed(hasCommands: true).Names);
        var oracle = JsonView.Trusted(output.Written)["oracle"u8];
        oracle["model"u8].Text().ShouldBe("inherit");
        oracle["description"u8].Text().ShouldBe("Reviews");
        oracle["tools"u8].Raw.ToArray().ShouldBe(
            """["mcp__opencode__read","mcp__opencode__write","mcp__opencode__edit","mcp__opencode__bash","mcp__opencode__glob","mcp__opencode__grep"]"""u8.ToArray());
        AgentDefinition.Hint([]).ShouldBeNull();
    }

    [Theory]
    [InlineData("no list at all")]
    [InlineData("Available agent types: none")]
    [InlineData("")]
    public void A_description_without_a_list_names_none(string description) => AgentNames.Described(description).ShouldBeEmpty();

    [Theory]
    [InlineData("Explore", "explore")]
    [InlineData("oracle", "oracle")]
    [InlineData("code-reviewer", "oracle")]
    [InlineData("consult", "oracle")]
    [InlineData("search", "explore")]
    [InlineData("research", "librarian")]
    [InlineData("lib", "librarian")]
    [InlineData("multi", "multimodal-looker")]
    [InlineData("sisyphus", "sisyphus-junior")]
    [InlineData("looker", "multimodal-looker")]
    [InlineData("junior", "sisyphus-junior")]
    [InlineData("explore-agent", "explore")]
    [InlineData("my oracle please", "oracle")]
    [InlineData("nonexistent", "nonexistent")]
    [InlineData("FooBar", "foobar")]
    [InlineData("", "")]
    public void A_models_name_becomes_the_clients(string asked, string own) => Agents(Description).Match(asked).ShouldBe(own);

    [Fact]
    public void An_alias_whose_agent_the_client_does_not_have_is_no_alias() =>
        Agents("Available agent types:\n- scout: Looks").Match("code-reviewer").ShouldBe("code-reviewer");

    [Fact]
    public void Without_agents_a_name_is_only_made_lower_case() => AgentNames.None.Match("General").ShouldBe("general");

    [Fact]
    public void Where_the_description_names_none_the_schema_does()
    {
        var tools = JsonView.Trusted("""[{"name":"Task","description":"x","input_schema":{"properties":{"subagent_type":{"enum":["General"]}}}}]"""u8);
        AgentNames.Read(tools).Match("general-purpose").ShouldBe("General");
    }

    private static AgentNames Agents(string description)
    {
        using var buffer = new PooledBuffer();
        var json = new JsonWriter(buffer);
        json.BeginArray();
        json.BeginObject();
        json.String("name"u8, "Task"u8);
        json.String("description"u8, Encoding.UTF8.GetBytes(description));
        json.EndObject();
        json.EndArray();
        return AgentNames.Read(JsonView.Trusted(buffer.Written));
    }
}
