using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>
/// Calls of clients of each dialect to a provider that is spoken to in another one, through the whole gateway. The simulator, which shares no code with the
/// translations and is as strict as the vendors, judges what reaches it.
/// </summary>
public sealed class TranslatedCallTests
{
    public static TheoryData<Dialect, Dialect, bool> Edges()
    {
        var data = new TheoryData<Dialect, Dialect, bool>();
        foreach (var edge in EdgeSet.All)
        {
            data.Add(edge.Client, edge.Upstream, false);
            data.Add(edge.Client, edge.Upstream, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_plain_call_is_answered_metered_and_written_down(Dialect client, Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        var answer = await AskAsync(gateway, client, DialectClient.Request(client, "Hällo \"you\"", stream), stream);

        answer.Text.ToString().ShouldBe("You said: Hällo \"you\"");
        answer.IsWhole.ShouldBeTrue();
        answer.Stop.ShouldBe(client switch { Dialect.Anthropic => "end_turn", Dialect.OpenAiChat => "stop", _ => "completed" });
        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        received.PathAndQuery.ShouldBe(DialectClient.Path(upstream));
        string.Join("\n", received.Headers.SelectMany(h => h.Value)).ShouldNotContain(gateway.Token);

        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.ClientDialect.ShouldBe(client);
        row.UpstreamDialect.ShouldBe(upstream);
        row.Stream.ShouldBe(stream);
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        answer.Input.ShouldBe(row.Usage.InputTotal!.Value);
        answer.Output.ShouldBe(row.Usage.Output!.Value);
    }

    /// <summary>A body whose model stands first is read into an index before anything else; one whose model stands last is not.</summary>
    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_large_call_is_translated_alike_wherever_its_model_stands(Dialect client, Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        var text = string.Concat(Enumerable.Repeat("The \"quick\" brown fox\n", 1_000));
        var request = DialectClient.Request(client, "[say done] " + text, stream);
        var last = new JsonObject();
        foreach (var (name, value) in request.Where(static member => member.Key != "model")) last[name] = value?.DeepClone();
        last["model"] = request["model"]!.DeepClone();
        var first = new JsonObject { ["model"] = request["model"]!.DeepClone() };
        foreach (var (name, value) in request.Where(static member => member.Key != "model")) first[name] = value?.DeepClone();
        foreach (var body in (JsonObject[])[first, last]) (await AskAsync(gateway, client, body, stream)).Text.ToString().ShouldBe("done");
        var sent = gateway.Simulator!.Received.All.Where(static r => r.Method == "POST").Select(static r => Encoding.UTF8.GetString(r.Body.Span)).ToList();
        sent.Count.ShouldBe(2);
        sent[0].ShouldContain("brown fox");
        sent[0].ShouldBe(sent[1]);
    }

    [Theory]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task A_Messages_stream_tells_an_estimate_of_its_input_first_and_the_providers_count_at_its_end(Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream);
        var text = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 200));
        // More often than the estimate is corrected by what was counted, which needs one itself.
        for (var i = 0; i < 40; i++)
        {
            var request = DialectClient.Request(Dialect.Anthropic, text, stream: true);
            var (_, body) = await gateway.SendAsync(gateway.Post("/v1/messages", request.ToJsonString()));
            var events = DialectClient.Events(body).Select(static data => JsonNode.Parse(data)!).ToList();
            var first = Input(events.Single(static e => (string?)e["type"] == "message_start")["message"]!["usage"]!);
            var last = Input(events.Single(static e => (string?)e["type"] == "message_delta")["usage"]!);
            last.ShouldBe((await gateway.RowsAsync())[^1].Usage.InputTotal!.Value);
            first.ShouldBeInRange((long)(last * 0.7), (long)(last * 1.3), $"call {i}");
        }

        static long Input(JsonNode usage) =>
            new[] { "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens" }.Sum(name => (long?)usage[name] ?? 0);
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Tool_calls_and_their_results_go_round(Dialect client, Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        var prompt = "[tool weather {\"city\":\"Zürich\"}] [tool weather {\"city\":\"Bern\"}] [then] [say done]";
        var request = DialectClient.Request(client, prompt, stream, tools: true);
        var first = await AskAsync(gateway, client, request, stream);

        first.Calls.Select(c => c.Name).ShouldBe(["weather", "weather"]);
        first.Calls.Select(c => (string)JsonNode.Parse(c.Arguments)!["city"]!).ShouldBe(["Zürich", "Bern"]);
        first.Calls[0].Id.ShouldNotBe(first.Calls[1].Id);
        first.Stop.ShouldBe(client switch { Dialect.Anthropic => "tool_use", Dialect.OpenAiChat => "tool_calls", _ => "completed" });

        var second = await AskAsync(gateway, client, DialectClient.Next(client, request, first, c => "sunny in " + c.Arguments), stream);
        second.Text.ToString().ShouldBe("done");
        var bodies = gateway.Simulator!.Received.All.Where(r => r.Method == "POST").Select(r => Encoding.UTF8.GetString(r.Body.Span)).ToList();
        bodies[1].ShouldContain("sunny in");
        Extends(bodies[0], bodies[1]);
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_provider_that_knows_one_form_of_answer_serves_callers_of_both(Dialect client, Dialect upstream, bool stream)
    {
        foreach (var form in new[] { "stream", "json" })
        {
            await using var gateway = await StartAsync(upstream, $",\"answers\":\"{form}\"");
            var answer = await AskAsync(gateway, client, DialectClient.Request(client, "Hi", stream), stream);
            answer.Text.ToString().ShouldBe("You said: Hi");
            answer.IsWhole.ShouldBeTrue();
            var sent = JsonNode.Parse(gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Body.Span)!;
            ((bool?)sent["stream"] ?? false).ShouldBe(form == "stream");
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task An_answer_in_the_form_that_was_not_asked_for_reaches_the_caller_in_the_one_that_was(Dialect client, Dialect upstream, bool stream)
    {
        await using var plain = await StartAsync(upstream);
        var (_, other) = await plain.SendAsync(plain.Post(DialectClient.Path(upstream), DialectClient.Request(upstream, "Hi", !stream).ToJsonString()));
        await using var host = ScriptedUpstream.Answering(200, stream ? "content-type: application/json" : "content-type: text/event-stream", other);
        await using var gateway = await StartAsync(upstream, address: host.Address);
        var answer = await AskAsync(gateway, client, DialectClient.Request(client, "Hi", stream), stream);
        answer.Text.ToString().ShouldBe("You said: Hi");
        answer.IsWhole.ShouldBeTrue();
        (await gateway.RowsAsync()).ShouldHaveSingleItem().End.ShouldBe(ExchangeEnd.Ok);
    }

    [Theory]
    [InlineData(Dialect.Anthropic, false)]
    [InlineData(Dialect.Anthropic, true)]
    [InlineData(Dialect.OpenAiChat, false)]
    [InlineData(Dialect.OpenAiChat, true)]
    public async Task At_a_stop_string_that_the_upstream_does_not_know_its_call_is_ended(Dialect client, bool stream)
    {
        await using var gateway = await StartAsync(Dialect.OpenAiResponses, ",\"answers\":\"stream\"");
        var text = "alpha STOP " + string.Concat(Enumerable.Repeat("and on and on ", 400));
        var request = DialectClient.Request(client, $"[say {text}] [slow 20]", stream);
        request[client == Dialect.Anthropic ? "stop_sequences" : "stop"] = new JsonArray("STOP");
        var answer = await AskAsync(gateway, client, request, stream);
        answer.IsWhole.ShouldBeTrue();
        answer.Stop.ShouldBe(client == Dialect.Anthropic ? "stop_sequence" : "stop");
        answer.Text.ToString().ShouldBe("alpha ");
        await GatewayHarness.EventuallyAsync(
            () => Task.FromResult(gateway.Simulator!.Received.All.Single(r => r.Method == "POST").ClientGoneAt is not null), "the upstream's call is ended");
        (await gateway.RowsAsync()).ShouldHaveSingleItem().End.ShouldBe(ExchangeEnd.Ok);
    }

    [Theory]
    [InlineData(Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task So_does_one_that_speaks_the_callers_dialect(Dialect dialect)
    {
        foreach (var (form, stream) in new[] { ("stream", false), ("json", true) })
        {
            await using var gateway = await StartAsync(dialect, $",\"answers\":\"{form}\"");
            var request = DialectClient.Request(dialect, "[tool weather {\"city\":\"Bern\"}] [then] [say done]", stream, tools: true);
            var first = await AskAsync(gateway, dialect, request, stream);
            first.Calls.ShouldHaveSingleItem().Arguments.ShouldBe("{\"city\":\"Bern\"}");
            var second = await AskAsync(gateway, dialect, DialectClient.Next(dialect, request, first, _ => "sunny"), stream);
            second.Text.ToString().ShouldBe("done");
            second.IsWhole.ShouldBeTrue();
            var sent = JsonNode.Parse(gateway.Simulator!.Received.All.Last(r => r.Method == "POST").Body.Span)!;
            ((bool)sent["stream"]!).ShouldBe(!stream);
            foreach (var fault in new[] { "eof-mid", "error-event", "reset-mid", "status-500" })
            {
                try
                {
                    var broken = DialectClient.Request(dialect, "[long 20]", stream, model: "m+" + fault);
                    var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(dialect), broken.ToJsonString()));
                    if (response.IsSuccessStatusCode) DialectClient.Read(dialect, body, stream).IsWhole.ShouldBeFalse($"{fault}: {body}");
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    // Visibly broken.
                }
            }

            (await gateway.RowsAsync()).Skip(2).ShouldAllBe(row => row.End == ExchangeEnd.UpstreamError);
        }
    }

    /// <summary>A chat upstream has no opaque state to give back.</summary>
    public static TheoryData<Dialect, Dialect, bool, bool> EdgesWithState()
    {
        var data = new TheoryData<Dialect, Dialect, bool, bool>();
        foreach (var edge in EdgeSet.All.Where(static e => e.Upstream != Dialect.OpenAiChat))
        {
            foreach (var (stream, restarts) in new[] { (false, false), (true, false), (false, true), (true, true) })
                data.Add(edge.Client, edge.Upstream, stream, restarts);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EdgesWithState))]
    public async Task What_a_model_thought_comes_back_to_it_on_the_tool_turn_also_after_a_restart(Dialect client, Dialect upstream, bool stream, bool restarts)
    {
        await using var gateway = await StartAsync(upstream);
        var request = DialectClient.Request(client, "[think] [tool weather {\"city\":\"Bern\"}] [then] [say done]", stream, tools: true, model: "claude-sonnet-4-5");
        switch (client)
        {
            case Dialect.Anthropic: request["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = 2048 }; break;
            case Dialect.OpenAiChat: request["reasoning_effort"] = "medium"; break;
            default:
                request["reasoning"] = new JsonObject { ["effort"] = "medium", ["summary"] = "auto" };
                request["include"] = new JsonArray("reasoning.encrypted_content");
                request["store"] = false;
                break;
        }

        var first = await AskAsync(gateway, client, request, stream);
        first.Calls.ShouldHaveSingleItem();
        first.Thinking.Length.ShouldBeGreaterThan(0);
        if (restarts) await gateway.RestartAsync();
        var second = await AskAsync(gateway, client, DialectClient.Next(client, request, first, _ => "sunny"), stream);
        second.Text.ToString().ShouldBe("done");

        // The simulator checks the state byte by byte and refuses what it did not issue; that it is there at all is checked here.
        var sent = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Last(r => r.Method == "POST").Body.Span);
        sent.ShouldContain(upstream == Dialect.Anthropic ? "\"signature\":" : "\"encrypted_content\":");
        sent.ShouldNotContain(StateSeal.Mark);
        (await gateway.RowsAsync()).ShouldAllBe(row => row.End == ExchangeEnd.Ok);
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream, string providerExtra = "", string? address = null) => GatewayHarness.StartAsync(
        address, providerExtra: providerExtra, models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");

    private static async Task<ClientAnswer> AskAsync(GatewayHarness gateway, Dialect client, JsonObject request, bool stream)
    {
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, body);
        return DialectClient.Read(client, body, stream);
    }

    /// <summary>A prompt cache holds as far as the bytes are the same: up to the end of the history that both bodies share.</summary>
    private static void Extends(string before, string after)
    {
        var shared = 0;
        while (shared < Math.Min(before.Length, after.Length) && before[shared] == after[shared]) shared++;
        before[shared..].Length.ShouldBeLessThan(40, $"the second body leaves the first at: {before[shared..]}");
    }
}
