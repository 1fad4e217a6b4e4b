using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>
/// What a person sees of the errors of a provider that does not speak the agent's dialect. Left to themselves the agents try again for minutes, so their
/// own settings bound that here.
/// </summary>
public sealed class TranslatedAgentErrorTests(TranslatedStage stage) : IClassFixture<TranslatedStage>
{
    private const string RetryAfter = "7";
    private readonly string _marker = $"error-{Guid.NewGuid():N}";

    /// <summary>The simulated provider's fault; the status and the word for it in Messages; what Claude Code prints of it; the provider's own type.</summary>
    private static readonly (string Fault, int Status, string Type, string Prints, string Own)[] _toClaudeCode =
    [
        ("status-400", 400, "invalid_request_error", "API Error: 400 Simulated invalid request", "invalid_request_error"),
        ("status-401", 401, "authentication_error", "Failed to authenticate. API Error: 401 Incorrect API key provided: sk-sim", "invalid_request_error"),
        ("status-429-retry-" + RetryAfter, 429, "rate_limit_error", "Request rejected (429) · Rate limit reached for requests. Please try again later", "requests"),
        ("status-500", 500, "api_error", "API Error: 500 The server had an error while processing your request", "server_error"),
        ("status-503", 503, "overloaded_error", "API Error: 503 The engine is currently overloaded", "server_error"),
        ("status-529", 529, "overloaded_error", "API Error: 529 The server had an error while processing your request", "server_error"),
    ];

    /// <summary>As the other for Codex, with the <c>code</c> on which it acts. Of a 429 and a 500 it prints words of its own, so the provider's are apart.</summary>
    private static readonly (string On, string Fault, int Status, string? Code, string Prints, string Words, string Own)[] _toCodex =
    [
        (TranslatedStage.OnAnthropic, "status-400", 400, null, "simulated invalid request", "messages: simulated invalid request", "invalid_request_error"),
        (TranslatedStage.OnAnthropic, "status-401", 401, "invalid_api_key", "401 Unauthorized: invalid x-api-key", "invalid x-api-key", "authentication_error"),
        (TranslatedStage.OnAnthropic, "status-429-retry-" + RetryAfter, 429, "rate_limit_exceeded", "last status: 429 Too Many Requests", "This request would exceed your organization's rate limit", "rate_limit_error"),
        (TranslatedStage.OnAnthropic, "status-500", 500, "server_error", "high demand", "Internal server error", "api_error"),
        (TranslatedStage.OnAnthropic, "status-529", 503, "overloaded", "503 Service Unavailable: Overloaded", "Overloaded", "overloaded_error"),
        (TranslatedStage.OnChat, "status-400", 400, "invalid_value", "Simulated invalid request", "Simulated invalid request.", "invalid_request_error"),
        (TranslatedStage.OnChat, "status-401", 401, "invalid_api_key", "401 Unauthorized: Incorrect API key provided", "Incorrect API key provided: sk-sim", "invalid_request_error"),
        (TranslatedStage.OnChat, "status-429-retry-" + RetryAfter, 429, "rate_limit_exceeded", "last status: 429 Too Many Requests", "Rate limit reached for requests", "requests"),
        (TranslatedStage.OnChat, "status-500", 500, "server_error", "high demand", "The server had an error", "server_error"),
        (TranslatedStage.OnChat, "status-503", 503, "server_error", "503 Service Unavailable: The engine is currently overloaded", "The engine is currently overloaded", "server_error"),
    ];

    public static TheoryData<string, string, Dialect> ClaudeCodes => TranslatedAgentTests.ClaudeCodes;

    public static TheoryData<string, Dialect> Codexes => TranslatedAgentTests.Codexes;

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_prints_the_providers_words_and_fails(string version, string on, Dialect upstream)
    {
        foreach (var (fault, status, type, prints, own) in _toClaudeCode)
        {
            var (run, carried) = await ClaudeAsync(version, $"{on}+{fault}", retries: 0);
            run.Code.ShouldBe(1, run.Story);
            run.Output.ShouldContain(prints, customMessage: fault);
            // What the provider calls invalid it sends again with features left out, whatever the setting.
            if (status != 400) carried.ShouldHaveSingleItem(fault);
            foreach (var one in carried)
            {
                ShouldBeRefused(one, Dialect.Anthropic, upstream, status, own);
                var body = Json(one.Call.Body);
                body.GetProperty("type").GetString().ShouldBe("error");
                body.GetProperty("error").GetProperty("type").GetString().ShouldBe(type, fault);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_prints_the_providers_words_and_fails(string on, Dialect upstream)
    {
        foreach (var (_, fault, status, code, prints, words, own) in _toCodex.Where(row => row.On == on))
        {
            var (run, carried) = await CodexAsync($"{on}+{fault}", retries: 0);
            run.Code.ShouldBe(1, run.Story);
            run.Story.ShouldContain(prints, customMessage: fault);
            var one = carried.ShouldHaveSingleItem(fault);
            ShouldBeRefused(one, Dialect.OpenAiResponses, upstream, status, own);
            var error = Json(one.Call.Body).GetProperty("error");
            error.GetProperty("message").GetString()!.ShouldStartWith(words, customMessage: fault);
            error.GetProperty("code").GetString().ShouldBe(code, fault);
        }
    }

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_waits_as_long_as_the_provider_asked_and_goes_on(string version, string on, Dialect upstream)
    {
        var (run, carried) = await ClaudeAsync(version, on + "+status-once-429-retry-2", retries: 1, "--output-format", "stream-json", "--verbose");
        run.Code.ShouldBe(0, run.Story);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Json).ToList();
        var wait = lines.Single(static line => line.TryGetProperty("subtype", out var kind) && kind.GetString() == "api_retry");
        // Its own first pause is a second at the most.
        wait.GetProperty("retry_delay_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(2000);
        (wait.GetProperty("error_status").GetInt32(), wait.GetProperty("error").GetString()).ShouldBe((429, "rate_limit"));
        lines[^1].GetProperty("result").GetString()!.ShouldContain(_marker);
        carried.Select(static one => (one.Row.Status, one.Row.End)).ShouldBe([(429, ExchangeEnd.ClientError), (200, ExchangeEnd.Ok)]);
        carried.ShouldAllBe(one => one.Row.UpstreamDialect == upstream);
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_waits_as_long_as_the_provider_asked_and_goes_on(string on, Dialect upstream)
    {
        var (run, carried) = await CodexAsync(on + "+status-once-429-retry-2", retries: 1);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(_marker);
        carried.Select(static one => (one.Row.Status, one.Row.End)).ShouldBe([(429, ExchangeEnd.ClientError), (200, ExchangeEnd.Ok)]);
        carried.ShouldAllBe(one => one.Row.UpstreamDialect == upstream);
        // Its own first pause is a fifth of a second.
        (carried[1].Row.StartedAt - carried[0].Row.StartedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_prints_an_error_that_came_in_the_middle_of_an_answer(string version, string on, Dialect upstream)
    {
        var (run, carried) = await ClaudeAsync(version, on + "+error-event", retries: 0);
        run.Code.ShouldBe(1, run.Story);
        run.Output.ShouldContain(upstream == Dialect.OpenAiChat ? "The server had an error while processing your request" : "The model had an error");
        // It asks a second time by itself, for an answer in one piece.
        carried.Select(static one => (one.Row.Stream, one.Row.Status, one.Row.End, one.Row.ErrorType))
            .ShouldBe([(true, 200, ExchangeEnd.UpstreamError, "server_error"), (false, 502, ExchangeEnd.UpstreamError, "server_error")]);
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_prints_an_error_that_came_in_the_middle_of_an_answer(string on, Dialect upstream)
    {
        var (run, carried) = await CodexAsync(on + "+error-event", retries: 0);
        run.Code.ShouldBe(1, run.Story);
        run.Story.ShouldContain(upstream == Dialect.Anthropic ? "Overloaded" : "The server had an error while processing your request");
        var one = carried.ShouldHaveSingleItem();
        (one.Row.Status, one.Row.End, one.Row.ErrorType).ShouldBe((200, ExchangeEnd.UpstreamError, upstream == Dialect.Anthropic ? "overloaded_error" : "server_error"));
        one.Call.Body.ShouldContain("event: response.failed");
    }

    private static void ShouldBeRefused(Carried one, Dialect client, Dialect upstream, int status, string own)
    {
        var end = status >= 500 ? ExchangeEnd.UpstreamError : ExchangeEnd.ClientError;
        (one.Row.Dialect, one.Row.UpstreamDialect, one.Row.Status, one.Row.End, one.Row.ErrorType, one.Row.UsageSource)
            .ShouldBe((client, upstream, status, end, own, UsageSource.None));
        one.Call.Status.ShouldBe(status);
        one.Call.Answer.GetValueOrDefault("retry-after").ShouldBe(status == 429 ? RetryAfter : null);
    }

    private async Task<(AgentRun Run, IReadOnlyList<Carried> Carried)> ClaudeAsync(string version, string on, int retries, params string[] options)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        await using var agent = ClaudeCode.Start(
            version, tee.Address, ("ANTHROPIC_AUTH_TOKEN", stage.Token), $"hello {_marker} {on}", ["--model", "claude-opus-5-5" + on, .. options],
            variables: ("CLAUDE_CODE_MAX_RETRIES", $"{retries}"));
        return (await agent.WaitAsync(), await stage.UnlikeAsync(tee, $"{_marker} {on}"));
    }

    private async Task<(AgentRun Run, IReadOnlyList<Carried> Carried)> CodexAsync(string on, int retries)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var run = await Codex.RunAsync(
            tee.Address, stage.Token, $"hello {_marker} {on}", "gpt-5.5" + on, null,
            "-c", $"model_providers.gatehouse.request_max_retries={retries}", "-c", $"model_providers.gatehouse.stream_max_retries={retries}");
        return (run, await stage.UnlikeAsync(tee, $"{_marker} {on}"));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
