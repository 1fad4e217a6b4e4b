using System.Net;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>The caller's body is given back as soon as its last translation is made, and not before.</summary>
public sealed class TranslatedBodyTests
{
    private const string ChatTarget = """{ "provider": "up", "dialect": "openai-chat" }""";
    private const string ResponsesTarget = """{ "provider": "up", "dialect": "openai-responses" }""";
    private const string ChatAnswer =
        """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"done"},"finish_reason":"stop"}]}""";

    private const string ResponsesAnswer =
        """{"id":"resp_1","object":"response","status":"completed","output":[{"id":"m","type":"message","role":"assistant","content":[{"type":"output_text","text":"done","annotations":[]}]}]}""";

    private static readonly string s_prompt = string.Concat(Enumerable.Repeat("all of it, ", 10_000));

    [Fact]
    public async Task While_the_provider_is_waited_for_the_translation_counts_as_the_body_did()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = new ScriptedUpstream(async (connection, _) =>
        {
            asked.TrySetResult();
            await answers.Task;
            await connection.WriteAsync(Answer(200, ChatAnswer));
        });
        await using var gateway = await StartAsync(host, ChatTarget);
        var call = SendAsync(gateway);
        await asked.Task.WaitAsync(GatewayHarness.Ceiling);
        var held = await AtRest.HeldAsync(gateway);
        answers.SetResult();
        await call;
        held.ShouldBeGreaterThanOrEqualTo(s_prompt.Length);
        await AtRest.ShouldComeAsync(gateway);
    }

    [Fact]
    public async Task A_second_target_is_sent_all_of_it()
    {
        await using var host = new ScriptedUpstream(async (connection, request) =>
            await connection.WriteAsync(request.RequestLine.Contains("/chat/", StringComparison.Ordinal) ? Answer(503, "{}") : Answer(200, ResponsesAnswer)));
        await using var gateway = await StartAsync(host, $"{ChatTarget}, {ResponsesTarget}");
        await SendAsync(gateway);
        host.Calls.Count.ShouldBe(2);
        foreach (var sent in host.Calls) Encoding.UTF8.GetString(sent.Body).ShouldContain(s_prompt);
        await AtRest.ShouldComeAsync(gateway);
    }

    private static Task<GatewayHarness> StartAsync(ScriptedUpstream host, string targets) =>
        GatewayHarness.StartAsync(host.Address, models: $$"""[ { "match": "*", "targets": [ {{targets}} ] } ]""");

    private static async Task SendAsync(GatewayHarness gateway)
    {
        var request = DialectClient.Request(Dialect.Anthropic, s_prompt, stream: false).ToJsonString();
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(Dialect.Anthropic), request));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        DialectClient.Read(Dialect.Anthropic, body, stream: false).Text.ToString().ShouldBe("done");
    }

    private static string Answer(int status, string body) =>
        $"HTTP/1.1 {status} Word\r\ncontent-type: application/json\r\ncontent-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
}
