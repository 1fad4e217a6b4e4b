using System.Text.Json;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

/// <summary>What <c>integration apply</c> writes, doctor finds good; what doctor mends, <c>integration restore</c> takes back.</summary>
public sealed class AppliedAgentTests
{
    private const string Original = "{\n\t// mine\n\t\"permissions\": { \"allow\": [] },\n\t\"env\": { \"OTHER\": \"1\", \"CLAUDE_CODE_USE_BEDROCK\": \"1\", \"ANTHROPIC_API_KEY\": \"sk-ant-canary-1\" }\n}\n";

    [Theory]
    [InlineData("claude-code|codex|opencode|qwen-code|crush|droid")]
    [InlineData("claude-code --auth helper|opencode --auth token --dialect openai-chat|qwen-code --dialect anthropic")]
    public async Task What_apply_writes_is_good(string applications)
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        foreach (var application in applications.Split('|'))
        {
            var applied = await Gate.RunAsync(home, $"integration apply {application} --yes --model sim/echo");
            applied.ExitCode.ShouldBe(0, applied.ToString());
        }

        var ran = await Gate.RunAsync(home, "doctor --json");
        foreach (var application in applications.Split('|'))
        {
            var found = Of(ran, application.Split(' ')[0]);
            found.ShouldAllBe(check => check.GetProperty("result").GetString() == "ok", string.Join('\n', found));
            found.Count.ShouldBeGreaterThan(5);
        }
    }

    [Fact]
    public async Task What_fix_mends_is_taken_back_by_restore_to_the_byte()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var file = Path.Combine(home.Path, ".claude", "settings.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, Original);
        (await Gate.RunAsync(home, "integration apply claude-code --yes --model sim/echo")).ExitCode.ShouldBe(0);
        var applied = File.ReadAllText(file);
        var address = served.Address.GetLeftPart(UriPartial.Authority);
        File.WriteAllText(file, applied.Replace(address, address + "/v1", StringComparison.Ordinal));

        var ran = await Gate.RunAsync(home, "doctor --fix");
        ran.Output.ShouldContain($"\"ANTHROPIC_BASE_URL\": \"{address}/v1\"");
        ran.Output.ShouldContain("+++ ~/.claude/settings.json");
        ran.Output.ShouldNotContain("canary");
        File.ReadAllText(file).ShouldBe(applied);
        (await Gate.RunAsync(home, "integration restore claude-code --yes")).ExitCode.ShouldBe(0);
        File.ReadAllText(file).ShouldBe(Original);
    }

    [Fact]
    public async Task A_fault_of_an_agent_is_exit_1_and_fix_makes_it_0()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        (await Gate.RunAsync(home, "integration apply codex --yes --model sim/echo")).ExitCode.ShouldBe(0);
        var file = Path.Combine(home.Path, ".codex", "config.toml");
        var applied = File.ReadAllText(file);
        File.WriteAllText(file, applied.Replace("\"responses\"", "\"chat\"", StringComparison.Ordinal));
        var found = await Gate.RunAsync(home, "doctor --json");
        found.ExitCode.ShouldBe(1, found.ToString());
        Of(found, "codex").Single(check => check.GetProperty("id").GetString() == "codex-wire-api").GetProperty("fixable").GetBoolean().ShouldBeTrue();
        var fix = await Gate.RunAsync(home, "doctor --fix --json");
        fix.ExitCode.ShouldBe(0, fix.ToString());
        var repair = fix.Json.GetProperty("data").GetProperty("repairs").EnumerateArray().ShouldHaveSingleItem();
        repair.GetProperty("done").GetBoolean().ShouldBeTrue();
        repair.GetProperty("change").GetString()!.ShouldContain("+wire_api = \"responses\"");
        File.ReadAllText(file).ShouldBe(applied);
    }

    private static List<JsonElement> Of(Ran ran, string agent) =>
        [.. ran.Json.GetProperty("data").GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("subject").GetString() == agent)];
}
