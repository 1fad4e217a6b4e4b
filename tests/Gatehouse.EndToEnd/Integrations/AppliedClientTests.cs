using System.Runtime.Versioning;
using System.Security.Cryptography;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Integrations;

/// <summary>The agents themselves on what apply wrote into their homes, with and without settings of their own before, and what restore leaves.</summary>
[SupportedOSPlatform("linux")]
public class AppliedClientTests(Stage stage)
{
    private const string Claude = """
        {
           "permissions": { "allow":   [] },
          "env": { "ANTHROPIC_API_KEY": "sk-ant-of-the-person", "MY_FLAG": "1" }
        }
        """;

    private const string CodexSettings = """
        # a person's own
        model = "gpt-5.4"
        model_provider = "relay"

        [model_providers.relay]
        name = "Relay"
        base_url = "https://relay.example/v1"
        env_key = "RELAY_KEY"

        [tui]
        notifications = false
        """;

    private const string OpenCodeSettings = """
        {
          "$schema": "https://opencode.ai/config.json",
          // a person's own
          "model": "relay/large",
          "provider": { "relay": { "npm": "@ai-sdk/openai-compatible", "options": { "baseURL": "https://relay.example/v1" }, "models": { "large": {} } } },
        }
        """;

    private const string QwenSettings = """
        {
          // a person's own
          "ui": { "hideTips": true },
          "model": { "name": "relay-large" },
          "$version": 4
        }
        """;

    public static TheoryData<string, string, string, string, string?> Rows => new()
    {
        { "claude-code", "", ".claude/settings.json", "claude -p", null },
        { "claude-code", "", ".claude/settings.json", "claude -p", Claude },
        { "claude-code", "--auth helper --model claude-sonnet-4-5 --fast-model claude-haiku-4-5", ".claude/settings.json", "claude -p", Claude },
        { "codex", "--model gpt-5.5", ".codex/config.toml", "codex exec --ephemeral --strict-config --skip-git-repo-check -", null },
        { "codex", "--model gpt-5.5", ".codex/config.toml", "codex exec --ephemeral --strict-config --skip-git-repo-check -", CodexSettings },
        { "codex", "--model gpt-5.5 --keep-provider", ".codex/config.toml", "codex exec --ephemeral --strict-config --skip-git-repo-check -", CodexSettings },
        { "codex", "--model claude-sonnet-4-5", ".codex/config.toml", "codex exec --ephemeral --strict-config --skip-git-repo-check -", CodexSettings },
        { "opencode", "--model claude-sonnet-4-5 --fast-model claude-haiku-4-5", ".config/opencode/opencode.json", "opencode run", null },
        { "opencode", "--model gpt-5.5 --dialect openai-responses", ".config/opencode/opencode.jsonc", "opencode run", OpenCodeSettings },
        { "opencode", "--model qwen3 --dialect openai-chat --auth token", ".config/opencode/opencode.json", "opencode run", OpenCodeSettings },
        { "qwen-code", "--model qwen3-coder", ".qwen/settings.json", "qwen -p", null },
        { "qwen-code", "--model claude-sonnet-4-5 --dialect anthropic", ".qwen/settings.json", "qwen -p", QwenSettings },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task An_agent_answers_through_Gatehouse_after_apply_and_its_files_are_as_before_after_restore(
        string client, string options, string file, string command, string? before)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var run = new ClientRun(stage);
        if (before is not null) run.Write(file, before);
        var hash = Hash(run.At(file));
        await run.GatehouseAsync($"integration apply {client} --yes --base-url {tee.Address} {options}");
        (await run.GatehouseAsync($"integration apply {client} --yes --base-url {tee.Address} {options} --json")).ShouldContain("\"changed\": false");

        var marker = $"ping-{Guid.NewGuid():N}";
        var prompt = $"Answer this: {marker}";
        var answer = command.EndsWith(" -", StringComparison.Ordinal) ? await run.ShellAsync(command, prompt) : await run.ShellAsync($"{command} '{prompt}'");
        answer.Code.ShouldBe(0, answer.Story);
        answer.Output.ShouldContain(marker);
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.ShouldNotBeEmpty();
        foreach (var one in carried) one.Row.End.ShouldBe(ExchangeEnd.Ok);
        tee.Calls.ShouldAllBe(call => call.Sent.Header("x-api-key") != "sk-ant-of-the-person");

        await run.GatehouseAsync($"integration restore {client} --yes");
        Hash(run.At(file)).ShouldBe(hash, File.Exists(run.At(file)) ? File.ReadAllText(run.At(file)) : "(no file)");
        File.Exists(run.At(Path.Combine(Path.GetDirectoryName(file)!, "gatehouse-token"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Sessions_of_Codex_keep_their_table_and_can_be_resumed_after_restore()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var run = new ClientRun(stage);
        run.Write(".codex/config.toml", "model_reasoning_summary = \"none\"\n");
        await run.GatehouseAsync($"integration apply codex --yes --base-url {tee.Address} --model gpt-5.5");
        (await run.ShellAsync("codex exec --skip-git-repo-check -", "first")).Code.ShouldBe(0);
        var told = await run.GatehouseAsync("integration restore codex --yes --json");
        told.ShouldContain("can't open them without its table");
        File.ReadAllText(run.At(".codex/config.toml")).ShouldNotContain("model_provider =");
        var marker = $"again-{Guid.NewGuid():N}";
        var resumed = await run.ShellAsync("codex exec --skip-git-repo-check -c model_provider=gatehouse -m gpt-5.5 resume --last -", marker);
        resumed.Code.ShouldBe(0, resumed.Story);
        resumed.Output.ShouldContain(marker);
        await run.GatehouseAsync("integration restore codex --yes --all");
        File.ReadAllText(run.At(".codex/config.toml")).ShouldBe("model_reasoning_summary = \"none\"\n");
    }

    [Theory]
    [InlineData("claude-code", "claude -p", "")]
    [InlineData("codex", "codex exec --ephemeral --skip-git-repo-check -", "--model gpt-5.5")]
    [InlineData("opencode", "opencode run", "--model claude-sonnet-4-5")]
    public async Task An_agent_answers_in_a_shell_that_evaluated_env(string client, string command, string options)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var run = new ClientRun(stage);
        var commands = await run.GatehouseAsync($"env {client} --base-url {tee.Address} {options}");
        var marker = $"shell-{Guid.NewGuid():N}";
        var line = command.EndsWith(" -", StringComparison.Ordinal) ? command : $"{command} 'Answer this: {marker}'";
        var answer = await run.ShellAsync($"{commands}\n{line}", $"Answer this: {marker}");
        answer.Code.ShouldBe(0, answer.Story);
        answer.Output.ShouldContain(marker);
        (await stage.UnlikeAsync(tee, marker)).ShouldNotBeEmpty();
    }

    private static string? Hash(string file) => File.Exists(file) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))) : null;
}
