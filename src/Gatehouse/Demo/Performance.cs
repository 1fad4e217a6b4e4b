using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using Gatehouse.Terminals;

namespace Gatehouse.Demo;

/// <summary>Plays the caller in one dialect after another, prints what is asked and answered as it streams, and says what is not as it should be.</summary>
internal sealed class Performance(DemoStage stage, Terminal terminal)
{
    private readonly List<byte[]> _sent = [];

    /// <summary>The bodies that were sent, in order.</summary>
    public IReadOnlyList<byte[]> Sent => _sent;

    /// <summary>Plays one dialect: a question, the tool call that it leads to, the tool's result, the answer.</summary>
    /// <returns>What is not as it should be; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(IDemoDialect dialect, CancellationToken cancellation)
    {
        var ink = terminal.Ink;
        terminal.Say();
        terminal.Say($"{ink.Strong(dialect.Name)} {ink.Faint($"POST {dialect.Path}, streamed")}");
        terminal.Say($"  asked     {ink.Asked(Weather.Prompt)}");
        var call = await SendAsync(dialect, dialect.Ask(Weather.Prompt), cancellation);
        if (Fault(dialect, call) is { } fault) return [fault];
        if (call.Tool != Weather.Tool || call.Arguments != Weather.Arguments)
            return [$"{dialect.Name}: the tool call came out as {call.Tool ?? "none"} {call.Arguments}, not as {Weather.Tool} {Weather.Arguments}."];

        terminal.Say($"  calls     {ink.Tool($"{call.Tool} {call.Arguments}")}");
        terminal.Say($"  result    {ink.Tool(Weather.Result)}");
        var answer = await SendAsync(dialect, dialect.GoOn(Weather.Prompt, call, Weather.Result), cancellation);
        if (Fault(dialect, answer) is { } second) return [second];
        return answer.Text.Contains(Weather.Result, StringComparison.Ordinal)
            ? []
            : [$"{dialect.Name}: the answer does not speak of the tool's result: {answer.Text}"];
    }

    private async Task<Heard> SendAsync(IDemoDialect dialect, string body, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        _sent.Add(bytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, dialect.Path) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token.Text.Reveal());
        dialect.Prepare(request);
        var heard = new Heard(Show());
        using var response = await stage.Caller.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            heard.Fails($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
            return heard;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellation)) dialect.Hear(item.Data, heard);
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

    private static string? Fault(IDemoDialect dialect, Heard heard) => heard switch
    {
        { Error: { } error } => $"{dialect.Name}: {error}",
        { Ended: false } => $"{dialect.Name}: the stream broke off before its last event.",
        _ => null,
    };
}
