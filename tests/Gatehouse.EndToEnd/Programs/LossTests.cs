using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Dialects;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>What the program has no place for is told wherever a translation's losses are told, whatever the client speaks.</summary>
public sealed class LossTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private readonly string _marker = $"loss-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("v1/messages", """{"model":"MODEL","max_tokens":100,"temperature":0.5,"top_k":3,"messages":[{"role":"user","content":"TEXT"}]}""", "claude-program.temperature,claude-program.top_k", Dialect.Anthropic)]
    [InlineData("v1/messages", """{"model":"MODEL","max_tokens":100,"messages":[{"role":"user","content":"TEXT"}]}""", null, Dialect.Anthropic)]
    [InlineData("v1/chat/completions", """{"model":"MODEL","temperature":0.5,"seed":7,"messages":[{"role":"user","content":"TEXT"}]}""", "seed,claude-program.temperature", Dialect.OpenAiChat)]
    [InlineData("v1/responses", """{"model":"MODEL","temperature":0.5,"stream":true,"input":"TEXT"}""", "claude-program.temperature", Dialect.OpenAiResponses)]
    public async Task They_stand_in_the_answers_head_in_the_ledger_and_in_the_metrics(string path, string body, string? losses, Dialect dialect)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token);
        var text = body.Replace("MODEL", "claude-sonnet-4-5" + ProgramStage.Current, StringComparison.Ordinal).Replace("TEXT", _marker, StringComparison.Ordinal);
        using var content = new StringContent(text, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(stage.Gateway, path), content);
        var said = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, said);

        var told = response.Headers.TryGetValues("x-gatehouse-losses", out var header) ? string.Join(',', header) : null;
        Listed(told).ShouldBe(Listed(losses));
        var row = await stage.RowAsync(Guid.Parse(response.Headers.GetValues("x-gatehouse-exchange").Single()));
        Listed(row.Losses).ShouldBe(Listed(losses));
        row.QueueMicros.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(0);
        long.Parse(response.Headers.GetValues("x-gatehouse-queue-ms").Single(), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(row.QueueMicros.Value / 1000);
        var metrics = await http.GetStringAsync(new Uri(stage.Gateway, "metrics"));
        metrics.ShouldContain("gatehouse_queue_wait_seconds_count{provider=\"current\"}");
        foreach (var loss in Listed(losses)) metrics.ShouldContain($"gatehouse_losses_total{{dialect=\"{dialect.Name()}\",upstream_dialect=\"anthropic\",loss=\"{loss}\"}}");
    }

    private static string[] Listed(string? losses) => losses?.Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).ToArray() ?? [];
}
