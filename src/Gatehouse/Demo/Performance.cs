using System.Text;
using Gatehouse.Callers;
using Gatehouse.Terminals;

namespace Gatehouse.Demo;

/// <summary>
/// Plays the caller in one dialect after another, prints what is asked and answered as it streams, and says what is not as it should be.
/// </summary>
internal sealed class Performance(DemoStage stage, Terminal terminal)
{
    /// <summary>The simulated provider follows the order in brackets; a real one would decide by itself.</summary>
    private const string Prompt = "What is the weather in Oslo? [tool get_weather {\"city\":\"Oslo\"}]";
    private const string Arguments = """{"city":"Oslo"}""";

    // The sim/ names are the simulated provider's.
    private static readonly Question s_question = new("sim/echo", Prompt, Stream: true, ToolUse.Offered);

    private readonly List<byte[]> _sent = [];

    /// <summary>The bodies that were sent, in order.</summary>
    public IReadOnlyList<byte[]> Sent => _sent;

    /// <summary>Plays one dialect: a question, the tool call that it leads to, the tool's result, the answer.</summary>
    /// <returns>What is not as it should be; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(ICallerDialect dialect, CancellationToken cancellation)
    {
        var ink = terminal.Ink;
        terminal.Say();
        terminal.Say($"{ink.Strong(dialect.Name)} {ink.Faint($"POST {dialect.Path}, streamed")}");
        terminal.Say($"  asked     {ink.Asked(Prompt)}");
        var call = await SendAsync(dialect, dialect.Ask(s_question), cancellation);
        if (call.Fault is { } fault) return [$"{dialect.Name}: {fault}"];
        if (call.Tool != WeatherTool.Name || call.Arguments != Arguments)
            return [$"{dialect.Name}: the tool call came out as {call.Tool ?? "none"} {call.Arguments}, not as {WeatherTool.Name} {Arguments}."];

        terminal.Say($"  calls     {ink.Tool($"{call.Tool} {call.Arguments}")}");
        terminal.Say($"  result    {ink.Tool(WeatherTool.Result)}");
        var answer = await SendAsync(dialect, dialect.GoOn(s_question, call, WeatherTool.Result), cancellation);
        if (answer.Fault is { } second) return [$"{dialect.Name}: {second}"];
        return answer.Text.Contains(WeatherTool.Result, StringComparison.Ordinal)
            ? []
            : [$"{dialect.Name}: the answer does not speak of the tool's result: {answer.Text}"];
    }

    private async Task<Heard> SendAsync(ICallerDialect dialect, string body, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        _sent.Add(bytes);
        var heard = await stage.Caller.SendAsync(dialect, bytes, s_question.Stream, Show(), cancellation);
        if (heard.Text.Length > 0) terminal.Say();
        return heard;
    }

    // The label goes out with the first piece: an answer that only calls a tool has no text.
    private Action<string> Show()
    {
        var begun = false;
        return piece =>
        {
            if (!begun) terminal.Output.Write("  answered  ");
            begun = true;
            terminal.Output.Write(piece);
            terminal.Output.Flush();
        };
    }
}
