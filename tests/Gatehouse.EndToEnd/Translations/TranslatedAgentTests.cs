using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>The agents themselves on providers that do not speak their dialect.</summary>
public sealed class TranslatedAgentTests(TranslatedStage stage) : IClassFixture<TranslatedStage>
{
    public static TheoryData<string, string, Dialect> ClaudeCodes { get; } = new()
    {
        { "claude-code", TranslatedStage.OnChat, Dialect.OpenAiChat },
        { "claude-code", TranslatedStage.OnResponses, Dialect.OpenAiResponses },
        { "claude-code-older", TranslatedStage.OnChat, Dialect.OpenAiChat },
        { "claude-code-older", TranslatedStage.OnResponses, Dialect.OpenAiResponses },
    };

    public static TheoryData<string, Dialect> Codexes { get; } = new()
    {
        { TranslatedStage.OnAnthropic, Dialect.Anthropic },
        { TranslatedStage.OnChat, Dialect.OpenAiChat },
    };

    [Theory]
    [MemberData(nameof(ClaudeCodes))]
    public async Task Claude_Code_is_answered_and_its_Bash_runs(string version, string on, Dialect upstream)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"sum-{Guid.NewGuid():N}";
        var prompt = $$"""Add for {{marker}}: [think] [tool Bash {"command":"echo gatehouse-$((40+2))","description":"Adds"}]""";
        var run = await ClaudeCode.RunAsync(version, tee.Address, stage.Token, prompt, "--model", "claude-opus-5-5" + on, "--allowedTools", "Bash");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.Count.ShouldBe(2);
        ShouldBeTranslated(carried, Dialect.Anthropic, upstream, "claude-cli");
        foreach (var one in carried) one.Received.Text.ShouldNotContain("x-anthropic-billing-header");
        // The simulator refuses sealed reasoning that is not exactly its own, so a run that got here brought it back intact.
        if (upstream == Dialect.OpenAiResponses) carried[1].Received.Text.ShouldContain("\"encrypted_content\":");
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_is_answered_and_its_command_runs(string on, Dialect upstream)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"sum-{Guid.NewGuid():N}";
        var prompt = $$"""Add for {{marker}}: [think] [tool exec_command {"cmd":"echo gatehouse-$((40+2))"}]""";
        var run = await Codex.RunAsync(tee.Address, stage.Token, prompt, "gpt-5.5" + on);
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("gatehouse-42");
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.Count.ShouldBe(2);
        ShouldBeTranslated(carried, Dialect.OpenAiResponses, upstream, "codex_exec");
        if (upstream == Dialect.Anthropic) carried[1].Received.Text.ShouldContain("\"signature\":");
    }

    [Theory]
    [MemberData(nameof(Codexes))]
    public async Task Codex_edits_a_file_with_apply_patch(string on, Dialect upstream)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"patch-{Guid.NewGuid():N}";
        const string patch = "*** Begin Patch\\n*** Update File: poem.txt\\n@@\\n one\\n-two\\n+gatehouse \\\"zwei\\\"\\n three\\n*** End Patch\\n";
        var prompt = $$"""Edit for {{marker}}: [tool apply_patch {"input":"{{patch}}"}] [then] [tool exec_command {"cmd":"cat poem.txt | tr a-z A-Z"}]""";
        var run = await Codex.RunAsync(
            tee.Address, stage.Token, prompt, "gpt-5.5" + on, new Dictionary<string, byte[]> { ["poem.txt"] = "one\ntwo\nthree\n"u8.ToArray() });
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain("GATEHOUSE \"ZWEI\"", customMessage: run.Story);
        var carried = await stage.UnlikeAsync(tee, marker);
        carried.Count.ShouldBe(3);
        ShouldBeTranslated(carried, Dialect.OpenAiResponses, upstream, "codex_exec");
        using var second = JsonDocument.Parse(carried[1].Call.Sent.Body);
        second.RootElement.GetProperty("input").EnumerateArray().ShouldContain(item => item.GetProperty("type").GetString() == "custom_tool_call");
    }

    internal static void ShouldBeTranslated(IReadOnlyList<Carried> carried, Dialect client, Dialect upstream, string family)
    {
        foreach (var one in carried)
        {
            one.Row.Dialect.ShouldBe(client);
            one.Row.UpstreamDialect.ShouldBe(upstream);
            one.Row.End.ShouldBe(ExchangeEnd.Ok);
            one.Row.Client.ShouldBe(family);
            one.Row.UsageSource.ShouldBe(UsageSource.Upstream);
            one.Row.OutputTokens.ShouldNotBeNull().ShouldBeGreaterThan(0);
        }
    }
}
