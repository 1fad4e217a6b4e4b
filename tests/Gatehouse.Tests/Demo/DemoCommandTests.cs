using System.Diagnostics;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Demo;

public sealed class DemoCommandTests(ITestOutputHelper console)
{
    [Fact]
    public async Task The_demo_goes_through_in_three_dialects_and_leaves_nothing_behind()
    {
        using var home = new TemporaryHome();
        var clock = Stopwatch.StartNew();
        // A bad configuration and a real key lie about: the demo must not touch either.
        var ran = await Gate.RunAsync(home, "demo", "", ("GATEHOUSE_CONFIG", "/nowhere.json"),
            ("ANTHROPIC_API_KEY", "sk-canary-11aa22bb33cc"), ("GATEHOUSE_MASTER_KEY", "nonsense"));
        console.WriteLine($"demo: {clock.Elapsed.TotalSeconds:0.0} s");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Error.ShouldBeEmpty();
        ran.Output.ShouldNotContain("sk-canary");
        foreach (var part in (string[])["POST /v1/messages", "POST /v1/chat/completions", "POST /v1/responses"])
            ran.Output.ShouldContain(part);
        Count(ran.Output, "calls     get_weather {\"city\":\"Oslo\"}").ShouldBe(3);
        Count(ran.Output, "answered  Tool result: 4 °C, light rain").ShouldBe(3);
        foreach (var dialect in (string[])["anthropic", "openai-chat", "openai-responses"])
            ran.Output.Split('\n').Count(l =>
                l.Contains($" {dialect} ", StringComparison.Ordinal) && l.Contains(" sim/echo ", StringComparison.Ordinal)).ShouldBe(2);
        Directory.EnumerateFileSystemEntries(home.Path).ShouldBeEmpty();
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
