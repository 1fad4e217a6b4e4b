using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Processes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>What becomes of the real <c>claude</c> program when its client leaves or never comes back, when the vendor is silent, and when its stream breaks.</summary>
public sealed class ProgramEndTests(ImpatientStage stage) : IClassFixture<ImpatientStage>
{
    private readonly string _marker = $"end-{Guid.NewGuid():N}";

    public static TheoryData<string> Versions => [ProgramStage.Current, ProgramStage.Older];

    public static MatrixTheoryData<string, string> Breaks => new(
        [ProgramStage.Current, ProgramStage.Older], ["reset-mid-2", "eof-mid-2", "truncate", "bad-json", "error-event"]);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_leaves_ends_the_vendors_stream_and_the_process_and_its_next_request_is_fed(string version)
    {
        using var talk = stage.Begin(version);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"{_marker} [long 2000] [slow 20]" });
        int process;
        using (var response = await talk.PostAsync(stream: true))
        {
            response.IsSuccessStatusCode.ShouldBeTrue();
            process = await stage.Overheard(version).ToldAsync(_marker);
            // The program, whoever copies for it, and one that would not go.
            ProcessTable.Group(process).Count.ShouldBeGreaterThanOrEqualTo(3);
        }

        await stage.ShouldBeCancelledAsync(_marker);
        await stage.Overheard(version).ShouldBeInterruptedAndEndAsync(process);
        talk.Messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = "word1 word2" });
        await talk.SayAsync("go on");
        await stage.ShouldHaveReceivedAsync(talk, _marker, "go on");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tool_that_is_never_answered_ends_the_process_and_costs_no_turn_and_a_late_result_is_fed(string version)
    {
        using var talk = stage.Begin(version);
        await talk.SayAsync($$"""{{_marker}} [tool mcp__oc__get_weather {"city":"Bern"}]""");
        var process = await stage.Overheard(version).ToldAsync(_marker);
        await stage.Overheard(version).ShouldBeInterruptedAndEndAsync(process);
        (await stage.ReceivedAsync(_marker)).Count.ShouldBe(1, "the model is told of no result that nobody gave");
        await talk.AnswerAsync(_ => new JsonObject { ["content"] = "sunny after all" });
        await stage.ShouldHaveReceivedAsync(talk, _marker, "sunny after all");
    }

    [Fact]
    public async Task While_the_vendor_is_silent_the_gateway_keeps_the_line_alive_by_itself()
    {
        using var talk = stage.Begin(ProgramStage.Current);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"{_marker} one two [slow 1500]" });
        using var response = await talk.PostAsync(stream: true);
        (await response.Content.ReadAsStringAsync()).ShouldContain("event: ping");
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_stream_of_the_vendors_that_breaks_is_an_error_or_begun_anew_and_never_half_an_answer_taken_for_whole(string version, string fault)
    {
        using var talk = stage.Begin(version, "+" + fault);
        talk.Messages.Add(new JsonObject { ["role"] = "user", ["content"] = $"{_marker} [say one two three four five six]" });
        using var response = await talk.PostAsync(stream: true);
        var (text, isWhole) = await ReadAsync(response);
        var events = Events(text);
        if (!response.IsSuccessStatusCode)
        {
            ((int)response.StatusCode).ShouldBeInRange(500, 599, text);
            return;
        }

        events.Count(name => name == "message_start").ShouldBe(1);
        if (events.Contains("message_stop"))
        {
            // Whole: the model said why it stopped, and every word is there.
            events.ShouldContain("message_delta", text);
            text.ShouldContain("six");
        }
        else (events.Contains("error") || !isWhole).ShouldBeTrue(text);
    }

    private static async Task<(string Text, bool IsWhole)> ReadAsync(HttpResponseMessage response)
    {
        using var text = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync();
        try
        {
            await body.CopyToAsync(text);
            return (System.Text.Encoding.UTF8.GetString(text.ToArray()), true);
        }
        catch (IOException)
        {
            return (System.Text.Encoding.UTF8.GetString(text.ToArray()), false);
        }
    }

    private static List<string> Events(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal) && line != "event: ping").Select(line => line[7..].Trim())];
}
