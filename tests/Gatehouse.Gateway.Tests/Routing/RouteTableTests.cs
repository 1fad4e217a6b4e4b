using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tests.Access;
using static Gatehouse.Gateway.Tests.Routing.RouteFixture;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly Provider _anthropic = Provider("anthropic", ["claude-*"], null, Dialect.Anthropic);
    private static readonly Provider _openai = Provider("openai", ["gpt-*", "o1*"], null, Dialect.OpenAiChat, Dialect.OpenAiResponses);
    private static readonly Provider _router = Provider("openrouter", null, ["*/*"]);
    private static readonly Provider _local = Provider("local", null, null, Dialect.OpenAiChat);

    [Fact]
    public void Rules_come_before_the_presets_names_and_the_first_wins()
    {
        var routes = RouteTable.Build(
            [Rule("fast", new ModelTarget("local", "qwen3")), Rule("claude-haiku-*", new ModelTarget("local", "small")),
                Rule("f*", new ModelTarget("openai"))],
            [_anthropic, _openai, _local]);
        Target(routes, "fast").ShouldBe(("local", "qwen3"));
        Target(routes, "faster").ShouldBe(("openai", null));
        Target(routes, "claude-haiku-4-5").ShouldBe(("local", "small"));
        Target(routes, "claude-opus-5").ShouldBe(("anthropic", null));
        Target(routes, "gpt-5").ShouldBe(("openai", null));
        routes.Match("fast").Source.ShouldBe(RouteSource.Configuration);
        routes.Match("gpt-5").Source.ShouldBe(RouteSource.Preset);
        routes.Match("gpt-5").Rule.ShouldBe("gpt-*");
    }

    [Fact]
    public void A_pattern_above_an_exact_name_takes_it()
    {
        var routes = RouteTable.Build([Rule("f*", new ModelTarget("openai")), Rule("fast", new ModelTarget("local"))], [_openai, _local]);
        Target(routes, "fast").ShouldBe(("openai", null));
    }

    [Fact]
    public void Candidates_keep_the_order_of_the_targets()
    {
        var routes = RouteTable.Build(
            [Rule("x", new ModelTarget("local", "a"), new ModelTarget("OPENAI", "b", Dialect.OpenAiResponses))], [_openai, _local]);
        routes.Match("x").Candidates.Select(c => (c.Provider.Name, c.Model)).ShouldBe([("local", "a"), ("openai", "b")]);
    }

    [Fact]
    public void The_explicit_form_asks_a_provider_by_name_once_nothing_else_matched()
    {
        var routes = RouteTable.Build([Rule("local/special", new ModelTarget("openai", "gpt-5"))], [_openai, _router, _local]);
        Target(routes, "local/qwen3:30b").ShouldBe(("local", "qwen3:30b"));
        Target(routes, "LOCAL/x").ShouldBe(("local", "x"));
        Target(routes, "local/special").ShouldBe(("openai", "gpt-5"));
        Target(routes, "openrouter/openai/gpt-5").ShouldBe(("openrouter", "openai/gpt-5"));
        Target(routes, "openai/gpt-5").ShouldBe(("openai", "gpt-5"));
        routes.Match("openai/gpt-5").Source.ShouldBe(RouteSource.Explicit);
    }

    [Fact]
    public void A_catch_all_takes_only_what_is_left()
    {
        var routes = RouteTable.Build([], [_router, _openai]);
        Target(routes, "meta/llama").ShouldBe(("openrouter", null));
        Target(routes, "openai/gpt-5").ShouldBe(("openai", "gpt-5"));
        routes.Match("meta/llama").Source.ShouldBe(RouteSource.Fallback);
        routes.Match("llama").Found.ShouldBeFalse();
        routes.Match("/x").Candidates.ShouldHaveSingleItem().Provider.ShouldBe(_router);
    }

    [Theory]
    [InlineData("nobody/x")]
    [InlineData("local/")]
    [InlineData("/local")]
    [InlineData("local")]
    [InlineData("")]
    public void What_names_no_provider_matches_nothing(string model) =>
        RouteTable.Build([], [_local]).Match(model).Found.ShouldBeFalse();

    [Fact]
    public void The_simulated_provider_answers_to_its_own_names_and_nothing_else_gets_them()
    {
        var simulator = Provider("sim");
        RouteTable.Build([Rule("*", new ModelTarget("local"))], [_local, _router]).Match("sim/echo").Found.ShouldBeFalse();
        var routes = RouteTable.Build([Rule("*x", new ModelTarget("local"))], [_local, _router, simulator]);
        Target(routes, "sim/xx").ShouldBe(("sim", null));
        Target(routes, "SIM/y").ShouldBe(("openrouter", null));
        routes.Match("sim/echo").Source.ShouldBe(RouteSource.Simulator);
    }

    [Theory]
    [InlineData("claude-opus-5[1m]", "claude-opus-5", "[1m]")]
    [InlineData("claude-opus-5[1M]", "claude-opus-5", "[1M]")]
    [InlineData("claude-opus-5", "claude-opus-5", null)]
    public void The_clients_own_suffix_is_cut_told_and_never_sent_on(string asked, string model, string? suffix)
    {
        var match = RouteTable.Build([], [_anthropic]).Match(asked);
        match.Model.ShouldBe(model);
        match.ContextSuffix.ShouldBe(suffix);
        match.Rename(match.Candidates[0]).ShouldBe(suffix is null ? null : model);
    }

    [Fact]
    public void A_route_that_renames_replaces_name_and_suffix_together()
    {
        var match = RouteTable.Build([Rule("big", new ModelTarget("local", "qwen3"))], [_local]).Match("big[1m]");
        match.Rename(match.Candidates[0]).ShouldBe("qwen3");
        RouteTable.Build([], [_local]).Match("[1m]").Found.ShouldBeFalse();
    }

    [Fact]
    public void A_caller_gets_the_candidates_that_speak_its_dialect()
    {
        var match = RouteTable.Build([Rule("x", new ModelTarget("anthropic"), new ModelTarget("local"),
            new ModelTarget("openai", null, Dialect.OpenAiResponses))], [_anthropic, _local, _openai]).Match("x");
        match.For(Dialect.Anthropic).Select(c => c.Provider.Name).ShouldBe(["anthropic"]);
        match.For(Dialect.OpenAiChat).Select(c => c.Provider.Name).ShouldBe(["local"]);
        match.For(Dialect.OpenAiResponses).Select(c => c.Provider.Name).ShouldBe(["openai"]);
    }

    [Fact]
    public void A_caller_whose_dialect_nobody_speaks_is_told_which_are_spoken()
    {
        var match = RouteTable.Build([], [_openai]).Match("gpt-5");
        match.For(Dialect.Anthropic).ShouldBeEmpty();
        var error = match.WrongDialect(Dialect.Anthropic);
        error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        error.Message.ShouldContain("'openai' speaks openai-chat and openai-responses");
        error.Message.ShouldContain("asked for in the anthropic dialect");
    }

    [Fact]
    public void The_error_for_an_unknown_model_names_the_closest()
    {
        var routes = RouteTable.Build(
            [Rule("fast", new ModelTarget("local")), Rule("smart", new ModelTarget("openai"))], [_local, _anthropic, _openai]);
        var error = RouteTable.NotFound("fats", routes.Closest("fats", 2));
        error.Status.ShouldBe(404);
        error.Code.ShouldBe("model_not_found");
        error.Message.ShouldStartWith("No route for model 'fats'. Closest: fast, ");
        RouteTable.NotFound("x", []).Message.ShouldContain("No model is routed");
        RouteTable.NotFound("x", [], anyRouted: true).Message.ShouldContain("No model that this token may use");
        RouteTable.NotFound(new string('x', 5000), []).Message.Length.ShouldBeLessThan(500);
    }

    [Fact]
    public void Closest_names_come_from_patterns_and_lists_and_only_those_the_caller_may_use()
    {
        var routes = RouteTable.Build([Rule("fast", new ModelTarget("local"))], [_local, _anthropic, _openai]);
        routes.Closest("cluade-opus-5", 1).ShouldBe(["claude-*"]);
        routes.Closest("claud-opus-5", 1, ["claude-opus-5", "claude-haiku-4-5"]).ShouldBe(["claude-opus-5"]);
        routes.Closest("claud-opus-5", 5, ["claude-opus-5"], n => n != "claude-opus-5").ShouldNotContain("claude-opus-5");
        routes.Closest("gpt5[1m]", 1).ShouldBe(["gpt-*"]);
        routes.Closest(new string('z', 100_000), 3).Count.ShouldBe(3);
    }

    [Fact]
    public void Matching_a_known_name_stays_within_its_allocation_budget()
    {
        var routes = RouteTable.Build([Rule("fast", new ModelTarget("local", "qwen3")), Rule("x-*", new ModelTarget("local"))],
            [_local, _anthropic, _openai, _router]);
        static int Ask(RouteTable routes)
        {
            var match = routes.Match("fast");
            return match.For(Dialect.OpenAiChat).Length + (match.Rename(match.Candidates[0]) is null ? 0 : 1)
                + routes.Match("claude-opus-5").Candidates.Length
                + (routes.Match("fast[1m]").Found ? 1 : 0);
        }

        for (var i = 0; i < 100; i++) Ask(routes).ShouldBe(4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Ask(routes);
        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        perCall.ShouldBeLessThanOrEqualTo(AllocationBudget.Of("route_match"));
    }

    private static (string?, string?) Target(RouteTable routes, string model)
    {
        var match = routes.Match(model);
        match.Found.ShouldBeTrue(model);
        return (match.Candidates[0].Provider.Name, match.Candidates[0].Model);
    }
}
