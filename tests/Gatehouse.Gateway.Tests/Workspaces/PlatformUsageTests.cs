using System.Text;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>What is recorded of calls that the platform serves a workspace, through the header-token routes.</summary>
public sealed class PlatformUsageTests
{
    /// <summary>Route, whether a stream is asked for, the provider's answer, and the input and output that the ledger must have; null for none.</summary>
    public static TheoryData<string, bool, string, long?, long?> Answers => new()
    {
        { "/ai/v1/chat/completions", false, Calls.Completion(10, 4), 10, 4 },
        { "/ai/v1/chat/completions", true, ChatStream(11, 5), 11, 5 },
        { "/ai/v1/responses", false, Calls.Response(8, 3), 8, 3 },
        { "/ai/anthropic/v1/messages", false, Calls.Message(18, 5), 18, 5 },
        { "/ai/anthropic/v1/messages", true, MessageStream(17, 8), 17, 8 },
        { "/ai/anthropic/v1/messages/count_tokens", false, """{"input_tokens":7}""", null, null },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_the_provider_reports_is_recorded_when_the_answer_is_over(string path, bool stream, string answer, long? input, long? output)
    {
        var type = stream ? "text/event-stream" : "application/json";
        await using var platform = ScriptedUpstream.Answering(200, "content-type: " + type, answer);
        await using var stage = await TenantStage.StartAsync(upstream: platform.Address);
        await stage.ModesAsync(ProviderMode.Platform, null);
        var body = stream ? Calls.Body(path).Insert(1, "\"stream\":true,") : Calls.Body(path);
        var (response, text) = await stage.Gateway.SendAsync(stage.Gateway.Post(path, body, await stage.TokenAsync()));

        ((int)response.StatusCode).ShouldBe(200, text);
        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.Usage.Input, row.Usage.Output).ShouldBe((input, output));
        (row.End, row.CredentialOwner, row.Harness).ShouldBe((ExchangeEnd.Ok, "platform", "claude-code"));
        var call = platform.Calls.ShouldHaveSingleItem();
        call["cf-aig-metadata"].ShouldBeNull();
        call["cf-aig-collect-log"].ShouldBeNull();
        if (path == "/ai/v1/responses")
        {
            call.RequestLine.ShouldBe("POST /v1/responses HTTP/1.1");
            Encoding.UTF8.GetString(call.Body).ShouldBe(body);
        }
    }

    [Theory]
    [InlineData("/ai/v1/chat/completions")]
    [InlineData("/ai/v1/responses")]
    [InlineData("/ai/anthropic/v1/messages")]
    public async Task A_500_of_the_provider_passes_and_nothing_is_recorded_as_used(string path)
    {
        await using var platform = TenantStage.Answering(500, """{"error":{"message":"it broke","type":"server_error","param":null,"code":null}}""");
        await using var stage = await TenantStage.StartAsync(upstream: platform.Address);
        await stage.ModesAsync(ProviderMode.Platform, null);
        var (response, body) = await stage.Gateway.SendAsync(stage.Gateway.Post(path, Calls.Body(path), await stage.TokenAsync()));
        ((int)response.StatusCode).ShouldBe(500);
        body.ShouldContain("it broke");
        var row = (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.Usage.IsEmpty, row.UsageSource, row.End).ShouldBe((true, UsageSource.None, ExchangeEnd.UpstreamError));
    }

    [Fact]
    public async Task Exactly_one_credential_header_goes_to_the_provider()
    {
        await using var platform = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync(upstream: platform.Address);
        await stage.ModesAsync(ProviderMode.Platform, null);
        foreach (var path in (string[])["/ai/anthropic/v1/messages", "/ai/v1/chat/completions"])
            await stage.Gateway.SendAsync(stage.Gateway.Post(path, Calls.Body(path), await stage.TokenAsync()));
        foreach (var call in platform.Calls)
        {
            string[] names = ["authorization", "x-api-key", "api-key", "cf-aig-authorization", "x-goog-api-key"];
            names.Count(name => call[name] is not null).ShouldBe(1, call.Head);
        }

        platform.Calls.Count.ShouldBe(2);
    }

    private static string ChatStream(int input, int output) =>
        """
        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}


        """
        + $$$"""data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":{{{output}}},"total_tokens":{{{input + output}}}}}"""
        + "\n\ndata: [DONE]\n\n";

    private static string MessageStream(int input, int output) =>
        $$$$$"""
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{{{input}}}}},"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":{{{{{output}}}}}}}

        event: message_stop
        data: {"type":"message_stop"}


        """;
}
