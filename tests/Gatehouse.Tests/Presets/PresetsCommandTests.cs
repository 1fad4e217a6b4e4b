using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Presets;

public sealed class PresetsCommandTests
{
    [Fact]
    public async Task Presets_are_listed_with_their_dialects_and_key_variables()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "presets --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var presets = ran.Json.GetProperty("data").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
        foreach (var name in (string[])["anthropic", "openai", "openrouter", "groq", "deepseek", "mistral", "cohere"])
            presets.ShouldContainKey(name);
        presets["anthropic"].GetProperty("key_variables")[0].GetString().ShouldBe("ANTHROPIC_API_KEY");
        presets["deepseek"].GetProperty("endpoints").EnumerateObject().Count().ShouldBeGreaterThan(1);

        var table = await Gate.RunAsync(home, "presets");
        table.Output.ShouldContain("ANTHROPIC_API_KEY");
        table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(presets.Count + 1);
    }
}
