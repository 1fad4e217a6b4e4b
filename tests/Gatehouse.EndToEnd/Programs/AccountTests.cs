using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>The real program under several accounts: whose login the vendor sees, what is known of their limits, and what happens when they are used up or wrong.</summary>
public sealed class AccountTests(AccountStage stage) : IClassFixture<AccountStage>
{
    private readonly string _marker = $"account-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("roomy", "CLAUDE_ROOMY")]
    [InlineData("tight", "CLAUDE_TIGHT")]
    [InlineData("paid", "CLAUDE_PAID")]
    public async Task A_named_account_is_the_one_that_the_vendor_sees_and_its_name_goes_no_further(string profile, string variable)
    {
        (await AskAsync("v1/messages", AccountStage.Model, profile)).Status.ShouldBe(200);
        var received = (await stage.ReceivedAsync(_marker)).ShouldHaveSingleItem().Request;
        (received.Header("x-api-key") ?? received.Header("authorization")).ShouldBeOneOf(AccountStage.Secrets[variable], $"Bearer {AccountStage.Secrets[variable]}");
        received.Header("x-gatehouse-profile").ShouldBeNull();
        foreach (var other in AccountStage.Secrets.Where(one => one.Key != variable)) string.Join(",", received.Headers).ShouldNotContain(other.Value);
    }

    [Theory]
    [InlineData("v1/messages", AccountStage.Model, "rate_limit_error")]
    [InlineData("v1/messages", AccountStage.OlderModel, "rate_limit_error")]
    [InlineData("v1/chat/completions", AccountStage.Model, null)]
    [InlineData("v1/responses", AccountStage.Model, null)]
    public async Task A_named_account_that_is_used_up_is_a_429_with_the_time_of_its_reset_in_every_dialect(string path, string model, string? type)
    {
        var answered = await AskAsync(path, model, "spent");
        answered.Status.ShouldBe(429, answered.Body);
        int.Parse(answered.RetryAfter!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(3300, 3600);
        var error = JsonNode.Parse(answered.Body)!["error"]!;
        ((string?)error["message"]).ShouldNotBeNull().ShouldContain("'spent' are used up; they begin anew at ");
        if (type is not null) ((string?)error["type"]).ShouldBe(type);
    }

    [Fact]
    public async Task Without_a_name_accounts_that_cannot_serve_hand_over_to_the_one_with_most_headroom_which_the_conversation_keeps()
    {
        // Known by a turn each.
        foreach (var profile in new[] { "tight", "roomy" }) (await AskAsync("v1/messages", AccountStage.Model, profile)).Status.ShouldBe(200);
        using var talk = new Talk(stage.Gateway, stage.Token, AccountStage.Model);
        await talk.SayAsync($$"""{{_marker}} unnamed [tool mcp__oc__get_weather {"city":"Bern"}]""");
        await talk.AnswerAsync(_ => new JsonObject { ["content"] = "sunny" });
        var unnamed = (await stage.ReceivedAsync(_marker)).Where(one => one.Request.Text.Contains("unnamed", StringComparison.Ordinal)).ToList();
        // Of those that are used up or refused nothing is known before they were asked; they hand the request on.
        unnamed.Select(one => one.Request.Header("authorization")).Except([$"Bearer {AccountStage.Secrets["CLAUDE_SPENT"]}", $"Bearer {AccountStage.Secrets["CLAUDE_WRONG"]}"])
            .ShouldBe([$"Bearer {AccountStage.Secrets["CLAUDE_ROOMY"]}"]);
        stage.Log.ShouldContain("claude.started: provider accounts");
    }

    [Fact]
    public async Task The_older_version_hands_over_too()
    {
        (await AskAsync("v1/messages", AccountStage.OlderModel, null)).Status.ShouldBe(200);
        var sent = (await stage.ReceivedAsync(_marker)).Select(one => one.Request.Header("authorization")).ToList();
        sent[^1].ShouldBe($"Bearer {AccountStage.Secrets["CLAUDE_TIGHT"]}");
    }

    [Theory]
    [InlineData("wrong", 401)]
    [InlineData("out", 401)]
    [InlineData("unset", 401)]
    [InlineData("nobody", 400)]
    public async Task What_is_wrong_with_a_named_account_is_told_in_every_dialect(string profile, int status)
    {
        foreach (var path in new[] { "v1/messages", "v1/chat/completions", "v1/responses" })
        {
            var answered = await AskAsync(path, AccountStage.Model, profile);
            answered.Status.ShouldBe(status, path + answered.Body);
            var message = (string?)JsonNode.Parse(answered.Body)!["error"]!["message"];
            message.ShouldNotBeNull().ShouldContain(profile switch
            {
                "unset" => "CLAUDE_UNSET",
                "nobody" => "spent, tight, roomy, wrong, paid, out, unset",
                _ => "claude auth login",
            });
            answered.Body.ShouldNotContain("canary");
        }
    }

    [Fact]
    public async Task Logins_and_limits_as_the_real_program_tells_them_are_in_the_health_report_the_metrics_the_status_and_the_doctors_words()
    {
        foreach (var profile in new[] { "tight", "roomy", "paid" }) (await AskAsync("v1/messages", AccountStage.Model, profile)).Status.ShouldBe(200);
        await AskAsync("v1/messages", AccountStage.Model, "spent");
        var program = await ProgramAsync("accounts", one => one.TryGetProperty("version", out _));
        program.GetProperty("status").GetString().ShouldBe("degraded");
        program.GetProperty("mode").GetString().ShouldBe("client-tools");
        program.GetProperty("version").GetString()!.ShouldStartWith("2.1.");
        (Method(program, "roomy"), Method(program, "paid"), Status(program, "roomy"), Status(program, "paid")).ShouldBe(("oauth_token", "api_key", "healthy", "healthy"));
        (Status(program, "out"), Status(program, "unset"), Status(program, "spent")).ShouldBe(("unhealthy", "unhealthy", "degraded"));
        Of(program, "out").GetProperty("auth").GetProperty("loggedIn").GetBoolean().ShouldBeFalse();
        Of(program, "spent").GetProperty("exhausted_until").GetDateTimeOffset().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(50), DateTimeOffset.UtcNow.AddMinutes(61));
        Of(program, "roomy").GetProperty("windows").EnumerateArray().Select(one => (one.GetProperty("name").GetString(), one.GetProperty("utilization").GetDouble()))
            .ShouldBe([("five_hour", 0.2), ("seven_day", 0.31)]);
        // Of a key the program tells nothing.
        Of(program, "paid").GetProperty("windows").GetArrayLength().ShouldBe(0);

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(stage.Gateway, "metrics"));
        metrics.ShouldContain("gatehouse_program_account_utilization{provider=\"accounts\",profile=\"tight\",window=\"five_hour\"} 0.91");
        metrics.ShouldContain("gatehouse_program_account_exhausted{provider=\"accounts\",profile=\"spent\"} 1");
        metrics.ShouldContain("gatehouse_program_account_state{provider=\"accounts\",profile=\"out\"} 3");
        metrics.ShouldContain("gatehouse_program_turns{provider=\"accounts\",state=\"running\"}");
        var status = await stage.CommandAsync("status");
        status.Output.ShouldContain("accounts/roomy");
        status.Output.ShouldContain("five_hour 20%, seven_day 31%");
        status.Output.ShouldContain("used up until");
        var doctor = JsonNode.Parse((await stage.CommandAsync("doctor", "--json")).Output)!["data"]!["checks"]!.AsArray()
            .Where(one => (string?)one!["id"] == "claude-program").ToDictionary(one => (string)one!["subject"]!, one => ((string?)one!["result"], (string?)one["suggestion"]));
        doctor["accounts/roomy"].Item1.ShouldBe("ok");
        doctor["accounts/out"].ShouldBe(("warning", "Log in again: gatehouse claude login --profile out"));
        doctor["accounts/spent"].Item1.ShouldBe("warning");
    }

    [Fact]
    public async Task No_accounts_secret_reaches_the_log_an_argument_an_error_or_another_accounts_process()
    {
        var errors = new StringBuilder();
        foreach (var profile in new[] { "roomy", "paid", "wrong", "spent" }) errors.Append((await AskAsync("v1/messages", AccountStage.Model, profile)).Body);
        var seen = 0;
        foreach (var folder in Directory.GetDirectories("/proc").Where(one => char.IsAsciiDigit(Path.GetFileName(one)[0])))
        {
            if (Read(folder, "cmdline") is not { } arguments || !arguments.Contains("claude.exe", StringComparison.Ordinal)) continue;
            arguments.ShouldNotContain("canary");
            var environment = Read(folder, "environ") ?? "";
            if (!environment.Contains("canary", StringComparison.Ordinal)) continue;
            seen++;
            AccountStage.Secrets.Values.Count(secret => environment.Contains(secret, StringComparison.Ordinal)).ShouldBe(1);
            environment.ShouldNotContain("GATEHOUSE_MASTER_KEY");
        }

        seen.ShouldBeGreaterThan(0, "processes of the accounts run and were looked at");
        errors.ToString().ShouldNotContain("canary");
        stage.Log.ShouldContain("claude.started");
        stage.Log.ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_login_is_started_only_where_there_is_one_to_make()
    {
        var (code, _, story) = await stage.CommandAsync("claude", "login", "--provider", "accounts", "--profile", "paid");
        code.ShouldBe(1);
        story.ShouldContain("CLAUDE_PAID");
        (await stage.CommandAsync("claude", "login")).Story.ShouldContain("accounts, older-accounts");
        (await stage.CommandAsync("claude", "login", "--provider", "accounts")).Story.ShouldContain("spent, tight, roomy");
    }

    private static string? Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another's, or gone.
            return null;
        }
    }

    private static JsonElement Of(JsonElement program, string profile) =>
        program.GetProperty("profiles").EnumerateArray().First(one => one.GetProperty("name").GetString() == profile);

    private static string? Status(JsonElement program, string profile) => Of(program, profile).GetProperty("status").GetString();

    private static string? Method(JsonElement program, string profile) => Of(program, profile).GetProperty("auth").GetProperty("method").GetString();

    // The first look is under way when the server starts; seven accounts are asked one after the other.
    private async Task<JsonElement> ProgramAsync(string provider, Func<JsonElement, bool> holds)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var health = JsonElement.Parse(await http.GetStringAsync(new Uri(stage.Gateway, "health"), limit.Token));
            var program = health.GetProperty("providers").EnumerateArray().First(one => one.GetProperty("name").GetString() == provider).GetProperty("program");
            if (holds(program)) return program;
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task<(int Status, string Body, string? RetryAfter)> AskAsync(string path, string model, string? profile)
    {
        var text = $"{_marker} {Guid.NewGuid():N}";
        var body = path switch
        {
            "v1/responses" => new JsonObject { ["model"] = model, ["input"] = text },
            _ => new JsonObject { ["model"] = model, ["max_tokens"] = 100, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }) },
        };
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(stage.Gateway, path)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token);
        if (profile is not null) request.Headers.Add("x-gatehouse-profile", profile);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.RetryAfter?.ToString());
    }
}
