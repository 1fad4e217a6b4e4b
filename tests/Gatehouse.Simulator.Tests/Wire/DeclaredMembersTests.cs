using System.Text.Json;

namespace Gatehouse.Simulator.Tests.Wire;

/// <summary>What the types of the vendors' own libraries declare without a question mark is there, if only as null; written down by hand from them.</summary>
public sealed class DeclaredMembersTests : IAsyncLifetime
{
    private static readonly string[] s_message =
        ["id", "container", "content", "diagnostics", "model", "role", "stop_details", "stop_reason", "stop_sequence", "type", "usage"];

    private static readonly string[] s_usage =
    [
        "cache_creation", "cache_creation_input_tokens", "cache_read_input_tokens", "inference_geo", "input_tokens", "output_tokens", "output_tokens_details",
        "server_tool_use", "service_tier", "speed",
    ];

    private SimulatorServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_message_has_what_its_type_declares()
    {
        var message = await WholeAsync(Ask.Messages, """
            {"model":"m","max_tokens":9999,"tools":[{"name":"t","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"[tool t {}]"}]}
            """);
        Holds(message, s_message);
        Holds(message.GetProperty("usage"), s_usage);
        var call = message.GetProperty("content").EnumerateArray().Single(block => block.GetProperty("type").ValueEquals("tool_use"));
        call.GetProperty("caller").GetProperty("type").GetString().ShouldBe("direct");
    }

    [Fact]
    public async Task A_streamed_message_has_them_at_its_beginning_and_at_its_end()
    {
        var stream = await Ask.SendAsync(_server, Ask.Messages, "m", stream: true);
        var events = stream.Body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line[6..]).RootElement).ToList();
        var start = events[0].GetProperty("message");
        Holds(start, s_message);
        Holds(start.GetProperty("usage"), s_usage);
        var end = events.Single(one => one.GetProperty("type").ValueEquals("message_delta"));
        Holds(end.GetProperty("delta"), ["container", "stop_details", "stop_reason", "stop_sequence"]);
        Holds(end.GetProperty("usage"), ["cache_creation_input_tokens", "cache_read_input_tokens", "input_tokens", "output_tokens", "output_tokens_details", "server_tool_use"]);
    }

    [Fact]
    public async Task A_response_has_what_its_type_declares()
    {
        var response = await WholeAsync(Ask.Responses, """{"model":"m","input":"hello"}""");
        Holds(response, [
            "id", "access_programs", "created_at", "error", "incomplete_details", "instructions", "metadata", "model", "object", "output", "parallel_tool_calls",
            "temperature", "tool_choice", "tools", "top_p",
        ]);
        Holds(response.GetProperty("usage").GetProperty("input_tokens_details"), ["cache_write_tokens", "cached_tokens"]);
    }

    [Fact]
    public async Task A_model_has_what_its_type_declares()
    {
        var answer = await RawAnswer.AskAsync(
            _server.Address, "GET /v1/models/sim/claude HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nx-api-key: key-1\r\nanthropic-version: 2023-06-01\r\n\r\n");
        Holds(JsonDocument.Parse(answer.Body).RootElement, [
            "id", "capabilities", "created_at", "deprecated_at", "display_name", "lifecycle", "line", "max_input_tokens", "max_tokens", "retires_at", "type",
        ]);
    }

    private static void Holds(JsonElement json, IEnumerable<string> names)
    {
        foreach (var name in names) json.TryGetProperty(name, out _).ShouldBeTrue(name);
    }

    private async Task<JsonElement> WholeAsync(string dialect, string body)
    {
        var answer = await RawAnswer.AskAsync(_server.Address, Ask.Raw(dialect, body));
        return JsonDocument.Parse(answer.Body).RootElement;
    }
}
