using System.Diagnostics;
using System.Text;
using Gatehouse.Callers;
using Gatehouse.Demo;
using Gatehouse.Terminals;
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
        Count(ran.Output, "asked     What is the weather in Oslo?").ShouldBe(3);
        Count(ran.Output, "result    4 °C, light rain").ShouldBe(3);
        Count(ran.Output, "calls     get_weather {\"city\":\"Oslo\"}").ShouldBe(3);
        Count(ran.Output, "answered  Tool result: 4 °C, light rain").ShouldBe(3);
        foreach (var dialect in (string[])["anthropic", "openai-chat", "openai-responses"])
            ran.Output.Split('\n').Count(l =>
                l.Contains($" {dialect} ", StringComparison.Ordinal) && l.Contains(" sim/echo ", StringComparison.Ordinal)).ShouldBe(2);
        Directory.EnumerateFileSystemEntries(home.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Answers_are_printed_piece_by_piece()
    {
        using var output = new PieceWriter();
        var terminal = Terminal.Into(output);
        await using var stage = await DemoStage.SetAsync(terminal, CancellationToken.None);
        var performance = new Performance(stage, terminal);
        foreach (var dialect in CallerDialects.All)
        {
            output.Flushed.Clear();
            (await performance.PlayAsync(dialect, CancellationToken.None)).ShouldBeEmpty();
            var first = output.Flushed.FindIndex(piece => piece.Contains("answered", StringComparison.Ordinal));
            first.ShouldBeGreaterThanOrEqualTo(0, dialect.Name);
            var pieces = output.Flushed[first..];
            pieces.Count.ShouldBeGreaterThan(1, $"{dialect.Name}: {string.Join('|', pieces)}");
            string.Concat(pieces).ShouldContain("answered  Tool result: 4 °C, light rain");
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>Keeps what is written between one flush and the next: what a person sees at once.</summary>
    private sealed class PieceWriter : TextWriter
    {
        private readonly StringBuilder _piece = new();

        public List<string> Flushed { get; } = [];

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => _piece.Append(value);

        public override void Flush()
        {
            if (_piece.Length > 0) Flushed.Add(_piece.ToString());
            _piece.Clear();
        }
    }
}
