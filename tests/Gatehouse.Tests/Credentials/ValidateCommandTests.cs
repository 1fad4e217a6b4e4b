using Gatehouse.Simulator;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Credentials;

/// <summary><c>credential validate</c> against a provider that takes some keys and refuses others.</summary>
public sealed class ValidateCommandTests
{
    private const string Good = "good-canary-5f0b1f3a9c2d";
    private const string Bad = "bad-canary-5f0b1f3a9c2d";

    [Theory]
    [InlineData(Good, "valid", 0)]
    [InlineData(Bad, "invalid", 1)]
    public async Task What_a_provider_says_of_a_platforms_key_is_told_and_the_key_is_not(string key, string outcome, int code)
    {
        using var home = new TemporaryHome();
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions());
        var file = Configuration(home, simulator.Address);
        (await Gate.RunAsync(home, ["credential", "add", "up", "--name", "team", "--config", file], key)).ExitCode.ShouldBe(0);
        foreach (var which in (string[])["up/team", "team", "up"])
        {
            var ran = await Gate.RunAsync(home, ["credential", "validate", which, "--json", "--config", file]);
            ran.ExitCode.ShouldBe(code, ran.ToString());
            ran.Json.GetProperty("data").GetProperty("outcome").GetString().ShouldBe(outcome);
            ran.Output.ShouldNotContain(key);
            // The provider's own words stay behind.
            ran.Output.ShouldNotContain("Incorrect API key");
        }

        var plain = await Gate.RunAsync(home, ["credential", "validate", "up", "--config", file]);
        plain.ExitCode.ShouldBe(code);
        plain.Output.ShouldStartWith(outcome);
    }

    [Theory]
    [InlineData(Good, "valid", 0)]
    [InlineData(Bad, "invalid", 1)]
    public async Task A_users_own_key_is_asked_about_at_the_host_that_it_is_for(string key, string outcome, int code)
    {
        using var home = new TemporaryHome();
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions());
        var file = Configuration(home, simulator.Address);
        var host = $"{simulator.Address.AbsoluteUri.TrimEnd('/')}/v1";
        (await Gate.RunAsync(home, ["credential", "add", "--kind", "openai-compatible", "--base-url", host, "--name", "lab", "--config", file], key)).ExitCode.ShouldBe(0);
        var ran = await Gate.RunAsync(home, ["credential", "validate", "lab", "--owned", "--json", "--config", file]);
        ran.ExitCode.ShouldBe(code, ran.ToString());
        ran.Json.GetProperty("data").GetProperty("outcome").GetString().ShouldBe(outcome);
    }

    [Fact]
    public async Task A_provider_that_is_gone_is_unreachable()
    {
        using var home = new TemporaryHome();
        string file;
        await using (var simulator = await SimulatorServer.StartAsync(new SimulatorOptions())) file = Configuration(home, simulator.Address);
        (await Gate.RunAsync(home, ["credential", "add", "up", "--config", file], Good)).ExitCode.ShouldBe(0);
        var ran = await Gate.RunAsync(home, ["credential", "validate", "up", "--json", "--config", file]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Json.GetProperty("data").GetProperty("outcome").GetString().ShouldBe("unreachable");
    }

    [Fact]
    public async Task A_vendors_login_is_looked_at_and_not_sent()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "credential add --kind oauth-token --name mine", "sk-ant-oat01-canary-5f0b1f3a9c2d")).ExitCode.ShouldBe(0);
        var ran = await Gate.RunAsync(home, "credential validate mine --owned --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Json.GetProperty("data").GetProperty("outcome").GetString().ShouldBe("not-probed");
    }

    [Fact]
    public async Task What_is_not_there_is_a_failure_that_names_the_list()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "credential validate nothing");
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain("gatehouse credential list");
    }

    private static string Configuration(TemporaryHome home, Uri simulator)
    {
        var root = simulator.AbsoluteUri.TrimEnd('/');
        return home.Write("gatehouse.json", $$"""
            {
              "providers": { "up": { "endpoints": { "openai-chat": "{{root}}/v1" }, "allowPrivateNetwork": true } },
              "workspaces": { "privateHosts": ["127.0.0.1:{{simulator.Port}}"] }
            }
            """);
    }
}
