using System.Text;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class EnvironmentProvidersTests
{
    [Fact]
    public void A_key_in_the_environment_brings_its_preset_in()
    {
        var config =
            ConfigFixture.Good("{}", new() { ["OPENAI_API_KEY"] = "sk-1", ["ANTHROPIC_API_KEY"] = "sk-2", ["GROQ_API_KEY"] = " " });
        config.Providers.Select(p => (p.Name, p.Source)).ShouldBe([("anthropic", "env"), ("openai", "env")]);
        var routes = new GatewaySnapshot(config, 1).Routes;
        routes.Match("claude-opus-5").Candidates.ShouldHaveSingleItem().Provider.Name.ShouldBe("anthropic");
        routes.Match("gpt-5").Candidates.ShouldHaveSingleItem().Provider.Name.ShouldBe("openai");
        routes.Match("llama-3.3").Found.ShouldBeFalse();
    }

    [Fact]
    public void Any_of_a_presets_variables_counts() =>
        ConfigFixture.Good("{}", new() { ["CO_API_KEY"] = "k" }).Providers.ShouldHaveSingleItem().Name.ShouldBe("cohere");

    [Fact]
    public void The_files_provider_of_that_name_comes_before()
    {
        var config = ConfigFixture.Good("""{ "providers": { "Anthropic": { "preset": "anthropic", "apiKeyEnv": "WORK_KEY" } } }""",
            new() { ["ANTHROPIC_API_KEY"] = "sk" });
        config.Providers.ShouldHaveSingleItem().Source.ShouldBe("file");
    }

    [Fact]
    public void Rules_may_name_providers_that_the_environment_brings()
    {
        var config = ConfigFixture.Good(
            """{ "models": [ { "match": "fast", "targets": [ { "provider": "groq", "model": "llama-3.3-70b-versatile" } ] } ] }""",
            new() { ["GROQ_API_KEY"] = "k" });
        new GatewaySnapshot(config, 1).Routes.Match("fast").Candidates.ShouldHaveSingleItem().Model.ShouldBe("llama-3.3-70b-versatile");
    }

    [Fact]
    public void Keys_never_become_part_of_the_configuration()
    {
        var config = ConfigFixture.Good("{}", new() { ["OPENAI_API_KEY"] = "sk-canary" });
        config.ToString().ShouldNotContain("canary");
        config.Providers[0].KeyVariables.ShouldBe(["OPENAI_API_KEY"]);
    }

    [Fact]
    public void A_simulator_that_runs_is_a_provider_for_its_own_names_only()
    {
        var inputs = ConfigFixture.Inputs() with
        {
            Simulator = [new ProviderEndpoint(Dialect.Anthropic, new Uri("http://127.0.0.1:9"), AuthStyle.XApiKey)],
        };
        var text = """{ "providers": { "a": { "preset": "groq" } }, "models": [ { "match": "*", "targets": [ { "provider": "a" } ] } ] }""";
        var snapshot = new GatewaySnapshot(ConfigLoader.Parse(Encoding.UTF8.GetBytes(text), inputs).Config.ShouldNotBeNull(), 1);
        var simulator = snapshot.FindProvider("sim").ShouldNotBeNull();
        simulator.Source.ShouldBe("built-in");
        simulator.AllowPrivateNetwork.ShouldBeTrue();
        snapshot.Routes.Match("sim/echo").Candidates.ShouldHaveSingleItem().Provider.ShouldBe(simulator);
        snapshot.Routes.Match("claude-x").Candidates.ShouldHaveSingleItem().Provider.Name.ShouldBe("a");
    }
}
