using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Dialects;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>The vendors' libraries with tools that the provider runs itself, on providers that speak another dialect only.</summary>
public sealed class TranslatedHostedToolTests(TranslatedStage stage) : IClassFixture<TranslatedStage>
{
    private readonly string _marker = $"hosted-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("node anthropic", TranslatedStage.OnResponses, "web_search_call", "code_interpreter_call", "mcp_call")]
    [InlineData("dotnet anthropic", TranslatedStage.OnResponses, "web_search_call", "code_interpreter_call", "mcp_call")]
    [InlineData("node responses", TranslatedStage.OnAnthropic, "web_search_tool_result", "code_execution_tool_result", "mcp_tool_result")]
    [InlineData("dotnet responses", TranslatedStage.OnAnthropic, "web_search_tool_result", "code_execution_tool_result", "mcp_tool_result")]
    public async Task What_the_providers_own_tools_did_is_told_and_goes_back(string sdk, string on, params string[] kinds)
    {
        const string turns = """[hosted search] [hosted code] [hosted mcp] [tool get_weather {"city":"Bern"}]""";
        var (said, carried) = await RunAsync(sdk, "hosted", on, $"{_marker} {turns}");
        said.Text("text").ShouldNotBeNull(said.ToString()).ShouldContain("sunny");
        var own = Sdk.Named(sdk).Dialect == Dialect.Anthropic
            ? new[] { "server_tool_use", "web_search_tool_result", "code_execution_tool_result", "mcp_tool_use", "mcp_tool_result" }
            : ["web_search_call", "code_interpreter_call", "mcp_call"];
        foreach (var kind in own) said.Texts("kinds").ShouldContain(kind);
        foreach (var seen in new[] { "weather in Bern", "https://pages.example/bern", "print(6*7)", "42", "one line" }) said.Text("said")!.ShouldContain(seen);
        carried.Count.ShouldBe(2);
        // The simulator refuses what a search found that is not exactly its own.
        foreach (var kind in kinds) carried[1].Received.Text.ShouldContain($"\"type\":\"{kind}\"");
    }

    [Theory]
    [MemberData(nameof(TranslatedSdkTests.Clients), MemberType = typeof(TranslatedSdkTests))]
    public async Task A_page_that_the_provider_found_is_cited_in_the_librarys_own_way(string sdk, string on)
    {
        const string text = "Sunny in Bern.";
        var (said, carried) = await RunAsync(sdk, "search", on, $"{_marker} [hosted search] [say {text}]");
        said.Text("error").ShouldBeNull(said.ToString());
        said.Texts("texts").ShouldBe([text, text]);
        // OpenAI's libraries are told the place in the text as well.
        var source = "Bern https://pages.example/bern" + (Sdk.Named(sdk).Dialect == Dialect.Anthropic ? "" : " " + text);
        said.Texts("sources").ShouldBe([source, source]);
        carried.Select(static one => one.Row.Stream).ShouldBe([false, true]);
        foreach (var one in carried)
        {
            one.Received.Text.ShouldContain(on switch
            {
                TranslatedStage.OnAnthropic => "\"type\":\"web_search_20250305\"",
                TranslatedStage.OnChat => "\"web_search_options\":{",
                _ => "\"type\":\"web_search\"",
            });
            (one.Row.End, one.Row.UpstreamDialect, one.Row.UsageSource).ShouldBe((ExchangeEnd.Ok, TranslatedSdkTests.Upstream(on), UsageSource.Upstream));
        }
    }

    [Theory]
    [InlineData("node chat", TranslatedStage.OnAnthropic, "web_search_tool_result")]
    [InlineData("node chat", TranslatedStage.OnResponses, "web_search_call")]
    [InlineData("dotnet chat", TranslatedStage.OnAnthropic, "web_search_tool_result")]
    [InlineData("dotnet chat", TranslatedStage.OnResponses, "web_search_call")]
    public async Task What_a_search_found_goes_back_though_a_chat_library_never_saw_it(string sdk, string on, string kind)
    {
        const string turns = """[hosted search] [say I looked.] [tool get_weather {"city":"Bern"}]""";
        var (said, carried) = await RunAsync(sdk, "hosted", on, $"{_marker} {turns}");
        said.Text("said").ShouldBe("I looked.", said.ToString());
        said.Text("text").ShouldNotBeNull().ShouldContain("sunny");
        // The simulator refuses what a search found that is not exactly its own.
        carried.Select(one => Regex.IsMatch(one.Received.Text, $"\"type\":\\s*\"{kind}\"")).ShouldBe([false, true]);
    }

    private async Task<(JsonElement Said, IReadOnlyList<Carried> Carried)> RunAsync(string sdk, string scenario, string on, string prompt)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var said = await Sdk.Named(sdk).RunAsync(tee.Address, stage.Token, scenario, "claude-sonnet-4-5" + TranslatedStage.Hosting + on, prompt);
        return (said, await stage.UnlikeAsync(tee, _marker));
    }
}
