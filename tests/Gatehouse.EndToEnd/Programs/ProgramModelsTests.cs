using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>The ids that a program's configuration names, in the lists that clients discover models by.</summary>
public sealed class ProgramModelsTests(ListingStage stage) : IClassFixture<ListingStage>, IDisposable
{
    private static readonly string[] s_named = ["claude-next-large", "claude-next-small"];
    private static readonly string[] s_usual = ["claude-haiku-5-5", "claude-opus-5-5", "claude-sonnet-5-5"];
    private readonly HttpClient _http = new() { BaseAddress = stage.Gateway, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>A list's path, whether it is asked for in Anthropic's way, the pattern that the token is for (none: all), and what it shows of the programs.</summary>
    public static TheoryData<string, bool, string?, string[]> Lists
    {
        get
        {
            var rows = new TheoryData<string, bool, string?, string[]>();
            foreach (var (path, isAnthropic) in new[] { ("v1/models?limit=1000", true), ("anthropic/v1/models?limit=1000", false), ("v1/models", false), ("openai/v1/models", false) })
            {
                rows.Add(path, isAnthropic, null, [.. s_usual, .. s_named]);
                rows.Add(path, isAnthropic, "claude-next-*", s_named);
                rows.Add(path, isAnthropic, "claude-next-small", s_named[1..]);
                rows.Add(path, isAnthropic, "claude-sonnet-5-5", s_usual[2..]);
                rows.Add(path, isAnthropic, "gpt-*", []);
            }

            return rows;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_programs_models_are_listed_to_the_tokens_that_may_use_them(string path, bool isAnthropic, string? allowed, string[] expected)
    {
        // Providers are asked for their lists once the server is up.
        await ListedAsync("v1/models", false, stage.Token, list => Ids(list).Contains(s_named[0]) && Ids(list).Contains(s_usual[0]));
        var list = await ListedAsync(path, isAnthropic, await stage.TokenAsync(allowed), static _ => true);
        Ids(list).Where(id => id.StartsWith("claude-next-", StringComparison.Ordinal) || id.EndsWith("-5-5", StringComparison.Ordinal)).ShouldBe(expected, ignoreOrder: true);
        Ids(list).ShouldNotContain("claude-elsewhere", "that name is another provider's by the rules");
        var shape = isAnthropic || path.StartsWith("anthropic", StringComparison.Ordinal) ? ("type", "model") : ("object", "model");
        foreach (var one in list["data"]!.AsArray()) ((string?)one![shape.Item1]).ShouldBe(shape.Item2, one.ToJsonString());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("claude-next-small", HttpStatusCode.OK)]
    [InlineData("claude-next-large", HttpStatusCode.NotFound)]
    public async Task One_of_them_is_told_of_by_its_id_to_the_same_tokens(string? allowed, HttpStatusCode expected)
    {
        await ListedAsync("v1/models", false, stage.Token, list => Ids(list).Contains(s_named[1]));
        foreach (var isAnthropic in new[] { true, false })
        {
            using var response = await GetAsync("v1/models/claude-next-small", isAnthropic, await stage.TokenAsync(allowed));
            var said = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(expected, said);
            if (expected == HttpStatusCode.OK) ((string?)JsonNode.Parse(said)!["id"]).ShouldBe("claude-next-small");
        }
    }

    private async Task<JsonObject> ListedAsync(string path, bool isAnthropic, string token, Func<JsonObject, bool> isThere)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var response = await GetAsync(path, isAnthropic, token);
            var said = await response.Content.ReadAsStringAsync(limit.Token);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, said);
            var list = JsonNode.Parse(said)!.AsObject();
            if (isThere(list)) return list;
            await Task.Delay(20, limit.Token);
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, bool isAnthropic, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (isAnthropic) request.Headers.Add("anthropic-version", "2023-06-01");
        return await _http.SendAsync(request);
    }

    private static List<string> Ids(JsonObject list) => [.. list["data"]!.AsArray().Select(one => (string)one!["id"]!)];
}
