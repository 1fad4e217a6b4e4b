using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class OverrideTests
{
    private const string File = """
        { "listen": "http://127.0.0.1:1", "limits": { "drainSeconds": 1 }, "allowedHosts": ["a.example", "b.example"],
          "providers": { "local": { "preset": "groq" } }, "models": [ { "match": "fast", "targets": [ { "provider": "local" } ] } ] }
        """;

    [Fact]
    public void The_environment_overrides_the_file_and_the_command_line_overrides_both()
    {
        var environment = new Dictionary<string,
            string>
        { ["GATEHOUSE__LISTEN"] = "http://127.0.0.1:2", ["GATEHOUSE__Limits__DrainSeconds"] = "2" };
        ConfigFixture.Good(File).Listen[0].Port.ShouldBe(1);
        ConfigFixture.Good(File, environment).Listen[0].Port.ShouldBe(2);
        var config = ConfigFixture.Good(File, environment, new() { ["listen"] = "http://127.0.0.1:3" });
        config.Listen[0].Port.ShouldBe(3);
        config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("250000", 250_000L)]
    [InlineData("0", null)]
    public void A_users_limits_may_come_from_the_environment(string value, long? limit) =>
        ConfigFixture.Good("{}", new() { ["GATEHOUSE__USERLIMITS__DAILYINPUTTOKENS"] = value }).UserLimits.DailyInputTokens.ShouldBe(limit);

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public void A_limit_in_the_environment_that_is_none_is_a_fault_at_start(string value) =>
        ConfigFixture.Faults("{}", new() { ["GATEHOUSE__USERLIMITS__DAILYINPUTTOKENS"] = value }).ShouldHaveSingleItem().ShouldContain("userLimits.dailyInputTokens");

    [Fact]
    public void Overrides_work_without_a_file()
    {
        var config = ConfigFixture.Good("{}", new() { ["GATEHOUSE__ALLOWREMOTE"] = "true", ["GATEHOUSE__LIMITS__MAXBODYBYTES"] = "2048" },
            new() { ["listen"] = "http://0.0.0.0:0" });
        config.AllowRemote.ShouldBeTrue();
        config.Limits.MaxBodyBytes.ShouldBe(2048);
        config.Listen[0].IsLoopback.ShouldBeFalse();
    }

    [Fact]
    public void Text_that_looks_like_a_literal_is_a_text_where_one_is_meant() =>
        ConfigFixture.Good("{}", new() { ["GATEHOUSE__TELEMETRY__SERVICENAME"] = "007" }).Telemetry.ServiceName.ShouldBe("007");

    [Fact]
    public void List_elements_are_replaced_and_added_by_number()
    {
        var config =
            ConfigFixture.Good(File, new() { ["GATEHOUSE__ALLOWEDHOSTS__1"] = "c.example", ["GATEHOUSE__ALLOWEDHOSTS__2"] = "d.example" });
        config.AllowedHosts.ShouldBe(["a.example", "c.example", "d.example"]);
    }

    [Fact]
    public void More_than_ten_elements_are_added_in_the_order_of_their_numbers()
    {
        var environment = Enumerable.Range(0, 12).ToDictionary(i => $"GATEHOUSE__ALLOWEDHOSTS__{i}", i => $"h{i}.example");
        ConfigFixture.Good("{}", environment).AllowedHosts.ShouldBe(Enumerable.Range(0, 12).Select(i => $"h{i}.example"));
    }

    [Fact]
    public void A_list_given_as_JSON_replaces_the_files() =>
        ConfigFixture.Good(File, new() { ["GATEHOUSE__ALLOWEDHOSTS"] = """["z.example"]""" }).AllowedHosts.ShouldBe(["z.example"]);

    [Fact]
    public void Nested_sections_and_lists_come_into_being()
    {
        var config = ConfigFixture.Good("{}", new()
        {
            ["GATEHOUSE__PROVIDERS__DESK__PRESET"] = "openai-compatible",
            ["GATEHOUSE__PROVIDERS__DESK__ENDPOINTS"] = """{"openai-chat":"https://desk.example/v1"}""",
            ["GATEHOUSE__MODELS__0__MATCH"] = "fast",
            ["GATEHOUSE__MODELS__0__TARGETS__0__PROVIDER"] = "desk",
            ["GATEHOUSE__MODELS__0__TARGETS__0__MODEL"] = "qwen3",
        });
        config.Providers.ShouldHaveSingleItem().Name.ShouldBe("desk");
        config.Models.ShouldHaveSingleItem().Targets.ShouldHaveSingleItem().Model.ShouldBe("qwen3");
    }

    [Fact]
    public void One_value_inside_the_files_lists_can_be_changed() =>
        ConfigFixture.Good(File, new() { ["GATEHOUSE__MODELS__0__MATCH"] = "quick" }).Models[0].Match.ShouldBe("quick");

    [Fact]
    public void A_null_takes_the_files_value_away() =>
        ConfigFixture.Good(File, new() { ["GATEHOUSE__LIMITS"] = "null" }).Limits.ShouldBe(new LimitsConfig());

    [Theory]
    [InlineData("GATEHOUSE__LISTN", "x", "listn: is not a known key. Did you mean 'listen'? (from GATEHOUSE__LISTN)")]
    [InlineData("GATEHOUSE__LIMITS__DRAINSECONDS", "soon",
        "limits.drainSeconds: is a text, not a number. Write a number such as 30. (from GATEHOUSE__LIMITS__DRAINSECONDS)")]
    [InlineData("GATEHOUSE__LISTEN__PORT", "1", "listen.port: 'port' can't stand inside a text")]
    [InlineData(
        "GATEHOUSE__ALLOWEDHOSTS__5", "x", "allowedhosts.5: '5' is not the number of an element: the list has 2, so 0 to 2 can be given")]
    [InlineData("GATEHOUSE__LIMITS__", "1", "limits.: has an empty part")]
    [InlineData("GATEHOUSE__LIMITS", """{"drainSeconds":1,"drainSeconds":2}""",
        "limits.drainSeconds: stands twice. Keep one of them. (from GATEHOUSE__LIMITS)")]
    [InlineData("GATEHOUSE__PROVIDERS__LOCAL__APIKEY", "sk-1", "providers.local.apikey: must not stand here")]
    public void A_bad_override_names_its_variable(string variable, string value, string fault) =>
        ConfigFixture.Faults(File, new() { [variable] = value }).ShouldHaveSingleItem().ShouldStartWith(fault);

    [Fact]
    public void A_bad_option_names_the_command_line() =>
        ConfigFixture.Faults(File, overrides: new() { ["listen"] = "nonsense" }).ShouldHaveSingleItem()
            .ShouldEndWith("(from the command line)");
}
