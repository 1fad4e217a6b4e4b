using Gatehouse.Simulator;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Smoke;

public sealed class SmokeCommandTests
{
    [Fact]
    public async Task With_nothing_installed_it_goes_through_by_itself_and_leaves_nothing_behind()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "smoke");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        foreach (var dialect in (string[])["anthropic", "openai-chat", "openai-responses"]) ran.Output.ShouldContain(dialect);
        ran.Output.ShouldContain("count_tokens");
        ran.Output.ShouldNotContain("failed");
        Directory.EnumerateFileSystemEntries(home.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Beside_a_running_gateway_it_asks_that_one_and_revokes_its_token()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var ran = await Gate.RunAsync(home, "smoke --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var data = ran.Json.GetProperty("data");
        data.GetProperty("gateway").GetString().ShouldBe(served.Address.GetLeftPart(UriPartial.Authority));
        data.GetProperty("started_for_this").GetBoolean().ShouldBeFalse();
        data.GetProperty("checks").EnumerateArray().ShouldAllBe(check => check.GetProperty("result").GetString() == "ok");
        var tokens = (await Gate.RunAsync(home, "token list --json")).Json.GetProperty("data").EnumerateArray().Where(t => t.GetProperty("name").GetString() == "smoke").ToList();
        tokens.ShouldHaveSingleItem().GetProperty("state").GetString().ShouldBe("revoked");
    }

    [Fact]
    public async Task On_an_installation_whose_gateway_does_not_run_it_starts_one_for_as_long_as_it_takes()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "token create")).ExitCode.ShouldBe(0);
        var ran = await Gate.RunAsync(home, "smoke --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Json.GetProperty("data").GetProperty("started_for_this").GetBoolean().ShouldBeTrue();
        (await Gate.RunAsync(home, "status")).ExitCode.ShouldBe(1, "nothing runs any more");
        (await Gate.RunAsync(home, "usage --by model --json")).Json.GetProperty("data").GetProperty("rows")[0].GetProperty("model").GetString().ShouldBe("sim/echo");
    }

    [Fact]
    public async Task A_fault_is_exit_1_and_named_for_people_and_programs()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var ran = await Gate.RunAsync(home, "smoke --model sim/echo+status-529");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Output.ShouldContain("failed");
        ran.Error.ShouldContain("anthropic, stream: 529: Overloaded");
        var json = await Gate.RunAsync(home, "smoke --json --model sim/echo+status-529");
        json.ExitCode.ShouldBe(1);
        json.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.Json.GetProperty("errors").EnumerateArray().ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("openai-responses, tools: 529", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_is_asked_for_a_model_of_its_own_list()
    {
        using var home = new TemporaryHome();
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RequireKey = false });
        var root = simulator.Address.AbsoluteUri.TrimEnd('/');
        var file = home.Write("gatehouse.json", $$"""
            { "providers": { "local": { "endpoints": { "openai-chat": { "url": "{{root}}/v1", "auth": "none" } }, "allowPrivateNetwork": true } },
              "models": [ { "match": "gpt-*", "targets": [ { "provider": "local" } ] } ] }
            """);
        var ran = await Gate.RunAsync(home, ["smoke", "--provider", "LOCAL", "--json", "--config", file]);
        var data = ran.Json.GetProperty("data");
        data.GetProperty("model").GetString().ShouldBe("gpt-5.5", ran.ToString());
        // The dialect that the provider speaks itself; what the gateway makes of the others is its own affair.
        data.GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("dialect").GetString() == "openai-chat").ShouldAllBe(c => c.GetProperty("result").GetString() == "ok", ran.ToString());
        var named = await Gate.RunAsync(home, ["smoke", "--provider", "local", "--model", "any-name", "--json", "--config", file]);
        named.Json.GetProperty("data").GetProperty("model").GetString().ShouldBe("local/any-name", named.ToString());
    }

    [Fact]
    public async Task The_default_model_of_the_running_gateway_is_asked()
    {
        using var home = new TemporaryHome();
        var file = home.Write("gatehouse.json", """{ "integration": { "defaultModel": "sim/agents-own" } }""");
        await using var served = await Served.StartAsync(home, $"--config {file}");
        var ran = await Gate.RunAsync(home, ["smoke", "--json", "--config", file]);
        ran.Json.GetProperty("data").GetProperty("model").GetString().ShouldBe("sim/agents-own", ran.ToString());
    }

    [Theory]
    [InlineData("smoke --provider nobody", "nobody")]
    [InlineData("smoke --timeout soon", "number of seconds")]
    public async Task What_cannot_be_asked_for_is_exit_2(string line, string named)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.ShouldContain(named);
    }
}
