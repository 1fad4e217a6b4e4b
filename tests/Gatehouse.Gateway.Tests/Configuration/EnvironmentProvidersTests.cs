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

    [Theory]
    [InlineData("anthropic", "claude-opus-5 claude-sonnet-4-5-20250929")]
    [InlineData("openai", "gpt-5.5 gpt-4o-mini o1 o1-pro o3 o3-mini o4-mini o5 o6-mini o9-pro codex-mini-latest chatgpt-4o-latest computer-use-preview")]
    [InlineData("groq", "llama-3.3-70b-versatile groq/compound groq/compound-mini")]
    [InlineData("deepseek", "deepseek-chat deepseek-reasoner")]
    [InlineData("mistral", "mistral-large-latest codestral-latest devstral-medium-latest magistral-medium-latest ministral-8b-latest pixtral-large-latest voxtral-small-latest open-mistral-nemo open-mixtral-8x22b labs-devstral-small-2512")]
    [InlineData("cohere", "command-a-03-2025 c4ai-aya-expanse-32b")]
    [InlineData("openrouter", "qwen/qwen3-coder x-ai/grok-4")]
    public void Keys_alone_route_each_vendors_own_names_to_it(string provider, string names)
    {
        var keys = ProviderCatalog.Embedded.Presets.SelectMany(preset => preset.KeyVariables).ToDictionary(name => name, _ => "k");
        var routes = new GatewaySnapshot(ConfigFixture.Good("{}", keys), 1).Routes;
        foreach (var name in names.Split(' '))
        {
            routes.Match(name).Found.ShouldBeTrue(name);
            routes.Match(name).Candidates.ShouldHaveSingleItem().Provider.Name.ShouldBe(provider, name);
        }
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
