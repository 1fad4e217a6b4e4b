using System.Net;
using System.Runtime.Versioning;
using Gatehouse.EndToEnd.Integrations;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Runs;

/// <summary>The agents themselves under <c>run</c>: they answer through Gatehouse whatever their own settings say, which stay to the byte.</summary>
[SupportedOSPlatform("linux")]
public class RunTests(Stage stage)
{
    private const string Own = "sk-of-the-person";
    private const string Elsewhere = "http://127.0.0.1:9";

    private const string Claude = $$"""
        {
           "model": "relay-large",
           "apiKeyHelper": "echo {{Own}}-helper",
          "env": {
            "ANTHROPIC_BASE_URL": "{{Elsewhere}}", "ANTHROPIC_API_KEY": "{{Own}}-key", "ANTHROPIC_AUTH_TOKEN": "{{Own}}-token",
            "ANTHROPIC_CUSTOM_HEADERS": "Authorization: Bearer {{Own}}-header", "CLAUDE_CODE_OAUTH_TOKEN": "{{Own}}-login",
            "ANTHROPIC_MODEL": "relay-large", "ANTHROPIC_DEFAULT_HAIKU_MODEL": "relay-small", "CLAUDE_CODE_USE_BEDROCK": "1", "ENABLE_TOOL_SEARCH": "true"
          }
        }
        """;

    private const string CodexRelay = $$"""
        # a person's own
        model = "relay-large"
        model_provider = "relay"
        model_reasoning_summary = "none"

        [model_providers.relay]
        name = "Relay"
        base_url = "{{Elsewhere}}/v1"
        experimental_bearer_token = "{{Own}}-bearer"
        """;

    // What apply wrote once, for a gateway that has moved since.
    private const string CodexApplied = $$"""
        model_provider = "gatehouse"
        [model_providers.gatehouse]
        name = "Gatehouse"
        base_url = "{{Elsewhere}}/v1"
        wire_api = "responses"
        supports_websockets = false
        auth = { command = "echo", args = ["{{Own}}-command"] }
        """;

    private const string CodexVariable = $$"""
        model_provider = "gatehouse"
        [model_providers.gatehouse]
        name = "Gatehouse"
        base_url = "{{Elsewhere}}/v1"
        env_key = "OTHER_VARIABLE"
        """;

    private const string CodexMixed = $$"""
        [model_providers.gatehouse]
        name = "Mine"
        base_url = "{{Elsewhere}}/v1"
        experimental_bearer_token = "{{Own}}-bearer"
        http_headers = { "x-mine" = "{{Own}}-header" }
        """;

    private const string OpenCode = $$"""
        {
          // Without it OpenCode writes it here, whoever starts it.
          "$schema": "https://opencode.ai/config.json",
          "model": "relay/large", "small_model": "relay/small",
          "enabled_providers": ["relay"], "disabled_providers": ["gatehouse"],
          "agent": { "build": { "model": "relay/large" }, "title": { "model": "relay/small" } },
          "provider": {
            "relay": { "npm": "@ai-sdk/openai-compatible", "options": { "baseURL": "{{Elsewhere}}/v1", "apiKey": "{{Own}}-key" }, "models": { "large": {}, "small": {} } },
            "gatehouse": { "npm": "@ai-sdk/openai-compatible", "options": { "baseURL": "{{Elsewhere}}/v1", "apiKey": "{{Own}}-old" }, "models": { "old": {} } },
          },
        }
        """;

    private const string CodexLogin = "{\"OPENAI_API_KEY\":\"" + Own + "-login\",\"tokens\":null,\"last_refresh\":null}";

    private static readonly string[] _codex = ["exec", "--ephemeral", "--strict-config", "--skip-git-repo-check", "-"];
    private static readonly string[] _files = [".claude/settings.json", ".codex/config.toml", ".codex/auth.json", ".config/opencode/opencode.json"];

    public static TheoryData<string, string, string, string?> Rows => new()
    {
        { "claude-code", "", ".claude/settings.json", null },
        { "claude-code", "", ".claude/settings.json", Claude },
        { "claude-code", "--model claude-sonnet-4-5 --fast-model claude-haiku-4-5", ".claude/settings.json", Claude },
        { "claude-code", "--isolated", ".claude/settings.json", Claude },
        { "codex", "--model gpt-5.5", ".codex/config.toml", null },
        { "codex", "--model gpt-5.5", ".codex/config.toml", CodexRelay },
        { "openai-codex", "--model gpt-5.5", ".codex/config.toml", CodexApplied },
        { "codex", "", ".codex/config.toml", CodexVariable },
        { "codex", "--model gpt-5.5", ".codex/config.toml", CodexMixed },
        { "codex", "--model claude-sonnet-4-5", ".codex/config.toml", CodexRelay },
        { "codex", "--isolated", ".codex/config.toml", CodexRelay },
        { "opencode", "--model claude-sonnet-4-5 --fast-model claude-haiku-4-5", ".config/opencode/opencode.json", null },
        { "opencode", "--model gpt-5.5 --dialect openai-responses", ".config/opencode/opencode.json", OpenCode },
        { "opencode", "--model qwen3 --dialect openai-chat --isolated", ".config/opencode/opencode.json", OpenCode },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task An_agent_answers_through_Gatehouse_whatever_its_own_settings_say_and_they_stay_as_they_are(
        string harness, string options, string file, string? before)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = Home(file, before);
        var hashes = home.Hashes(_files);
        var marker = $"run-{Guid.NewGuid():N}";

        var run = await home.StartAsync(
            $"Answer this: {marker}", ["run", harness, "--base-url", tee.Address.ToString(), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--", .. Asking(harness)]);

        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.ShouldNotBeEmpty();
        foreach (var one in carried) one.Row.End.ShouldBe(ExchangeEnd.Ok);
        if (options.Split(' ') is ["--model", var model, ..]) carried.ShouldContain(one => one.Row.ModelAsked == model);
        foreach (var call in tee.Calls) call.Sent.Headers.ShouldAllBe(header => !header.Value.Contains(Own));
        home.Hashes(_files).ShouldBe(hashes);
        Directory.EnumerateFileSystemEntries(home.At(".local/state/gatehouse/runs")).ShouldBeEmpty();
        await ShouldBeRevokedAsync(carried[0].Call.Sent);
    }

    [Theory]
    [InlineData("claude-code", "Bash", "\"command\":")]
    [InlineData("codex", "exec_command", "\"cmd\":")]
    [InlineData("opencode", "bash", "\"description\":\"Looks\",\"command\":")]
    public async Task No_key_is_in_the_environment_or_the_arguments_of_an_agent_or_of_what_it_starts(string harness, string tool, string member)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = new ClientRun(
            stage, ("ANTHROPIC_API_KEY", $"{Own}-anthropic"), ("OPENAI_API_KEY", $"{Own}-openai"), ("GROQ_API_KEY", $"{Own}-groq"), ("MY_OWN", "kept"));
        // Redirections, because OpenCode asks before a program gets a path outside of its project.
        var look = "for p in $$ $PPID; do tr '\\\\0' '\\\\n' < /proc/$p/environ >> environment; done; for p in /proc/[0-9]*; do tr '\\\\0' ' ' < $p/cmdline; done > arguments";
        var prompt = $"Look for run-{Guid.NewGuid():N}: [tool {tool} {{{member}\"{look}\"}}]";
        string[] free = harness switch { "claude-code" => ["--allowedTools", "Bash"], "codex" => ["--dangerously-bypass-approvals-and-sandbox"], _ => [] };

        var model = harness == "codex" ? "gpt-5.5" : "claude-sonnet-4-5";
        var run = await home.StartAsync(prompt, ["run", harness, "--model", model, "--base-url", tee.Address.ToString(), "--", .. Asking(harness), .. free]);

        run.Code.ShouldBe(0, run.Story);
        File.Exists(home.Project("environment")).ShouldBeTrue(run.Story);
        var environment = File.ReadAllText(home.Project("environment"));
        environment.ShouldContain("MY_OWN=kept");
        environment.ShouldNotContain(Own);
        environment.ShouldNotContain(ServerProcess.ProviderKey);
        environment.ShouldNotContain("GATEHOUSE_MASTER_KEY");
        var arguments = File.ReadAllText(home.Project("arguments"));
        arguments.ShouldContain(harness == "codex" ? "model_provider=" : harness == "opencode" ? "opencode" : "--settings");
        arguments.ShouldNotContain("ghw_");
        arguments.ShouldNotContain(Own);
    }

    private ClientRun Home(string file, string? before)
    {
        var home = new ClientRun(stage, ("ANTHROPIC_API_KEY", $"{Own}-exported"), ("OPENAI_API_KEY", $"{Own}-exported"), ("ANTHROPIC_BASE_URL", Elsewhere));
        if (before is null) return home;
        home.Write(file, before);
        if (file.StartsWith(".codex", StringComparison.Ordinal)) home.Write(".codex/auth.json", CodexLogin);
        return home;
    }

    // Each then takes its prompt from standard input.
    private static string[] Asking(string harness) => harness switch { "claude-code" => ["-p"], "opencode" => ["run"], _ => _codex };

    private async Task ShouldBeRevokedAsync(SentRequest sent)
    {
        var token = (sent.Header("authorization")?.Replace("Bearer ", "", StringComparison.Ordinal) ?? sent.Header("x-api-key")).ShouldNotBeNull();
        token.ShouldStartWith("ghw_");
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stage.Gateway, "v1/models"));
            request.Headers.Authorization = new("Bearer", token);
            using var response = await http.SendAsync(request, limit.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized) return;
            await Task.Delay(50, limit.Token);
        }
    }
}
