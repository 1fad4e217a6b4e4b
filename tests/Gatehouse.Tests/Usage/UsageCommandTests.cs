using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Usage;

public sealed class UsageCommandTests
{
    [Fact]
    public async Task Nothing_used_is_no_failure_and_makes_nothing()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "usage");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Error.ShouldContain("Nothing was used yet");
        Directory.Exists(home.DataDirectory).ShouldBeFalse();
    }

    [Fact]
    public async Task Use_is_summed_by_each_group_with_and_without_the_server()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        for (var i = 0; i < 3; i++) (await served.AskAsync("hello there")).EnsureSuccessStatusCode();
        await Served.UntilAsync(async () => await ExchangesAsync(home) == 3, "rows come into the ledger while it runs");
        await served.StopAsync();

        foreach (var (group, key) in new[] { ("model", "sim/echo"), ("provider", "sim"), ("day", null) })
        {
            var data = (await Gate.RunAsync(home, $"usage --by {group} --json")).Json.GetProperty("data");
            data.GetProperty("by").GetString().ShouldBe(group);
            data.GetProperty("pending_exchanges").GetInt64().ShouldBe(0);
            var row = data.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
            if (key is not null) row.GetProperty(group).GetString().ShouldBe(key);
            row.GetProperty("exchanges").GetInt64().ShouldBe(3);
            row.GetProperty("failed").GetInt64().ShouldBe(0);
            row.GetProperty("input_tokens").GetInt64().ShouldBeGreaterThan(0);
            row.GetProperty("output_tokens").GetInt64().ShouldBeGreaterThan(0);
        }

        var byToken = (await Gate.RunAsync(home, "usage --by token --json --since 1h")).Json.GetProperty("data");
        byToken.GetProperty("rows")[0].GetProperty("name").GetString().ShouldBe("default");
        var table = await Gate.RunAsync(home, "usage --by token");
        table.Output.ShouldContain("default (");
        table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Use_is_printed_as_csv_with_its_cost_and_recomputed_when_a_price_is_added()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        (await served.AskAsync("hello there")).EnsureSuccessStatusCode();
        (await served.AskAsync("hello", model: @"=1+1,\""x\""")).IsSuccessStatusCode.ShouldBeFalse();
        await Served.UntilAsync(async () => await ExchangesAsync(home) == 2, "rows come into the ledger while it runs");
        await served.StopAsync();

        var csv = (await Gate.RunAsync(home, "usage --by model --csv")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        csv[0].ShouldBe("model,exchanges,failed,unreported,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,reasoning_tokens,cost_usd,cost_estimated,cost_unknown");
        csv.Length.ShouldBe(3);
        csv[1].ShouldStartWith("\"'=1+1,\"\"x\"\"\",1,1,0,");
        csv[2].ShouldStartWith("sim/echo,1,0,0,");
        csv[2].ShouldEndWith(",,0,1");
        (await Gate.RunAsync(home, "usage --by model")).Output.ShouldContain("UNPRICED");

        File.WriteAllText(Path.Combine(home.DataDirectory, "gatehouse.json"), """{ "prices": [{ "models": ["sim/*", "echo"], "input": 0, "output": 1000 }] }""");
        var recomputed = (await Gate.RunAsync(home, "usage recompute --json")).Json.GetProperty("data");
        (recomputed.GetProperty("exchanges").GetInt64(), recomputed.GetProperty("changed").GetInt64() > 0).ShouldBe((2, true));
        var row = (await Gate.RunAsync(home, "usage --json")).Json.GetProperty("data").GetProperty("rows")[0];
        row.GetProperty("cost_nanodollars").GetInt64().ShouldBe(recomputed.GetProperty("cost_nanodollars").GetInt64());
        row.GetProperty("cost_nanodollars").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_callers_name_for_a_model_cannot_steer_the_terminal()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        (await served.AskAsync("hello", model: @"sim/\u001b[2J\u009b31mecho\n")).EnsureSuccessStatusCode();
        await Served.UntilAsync(async () => await ExchangesAsync(home) == 1, "the row comes into the ledger while it runs");
        var table = await Gate.RunAsync(home, "usage --by model");
        table.Output.ShouldContain("sim/?[2J?31mecho?");
        table.Output.Replace("\n", "").ShouldNotContain(c => char.IsControl(c));
        served.Server.Error.Replace("\n", "").ShouldNotContain(c => char.IsControl(c));
    }

    [Fact]
    public async Task What_a_killed_server_left_in_its_journal_is_counted()
    {
        using var home = new TemporaryHome();
        await using (var served = await Served.StartAsync(home))
        {
            (await served.AskAsync("hello")).EnsureSuccessStatusCode();
        }

        (await ExchangesAsync(home)).ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_user_is_told_and_a_heading_is_the_same_whatever_is_in_the_ledger()
    {
        using var home = new TemporaryHome();
        var nothing = await Gate.RunAsync(home, "usage --by user --csv");
        nothing.Output.ShouldStartWith("user,name,exchanges,");
        (await Gate.RunAsync(home, "token list")).ExitCode.ShouldBe(0);
        (await Gate.RunAsync(home, "usage --by user --csv")).Output.ShouldBe(nothing.Output);
        (await Gate.RunAsync(home, "usage --user local")).ExitCode.ShouldBe(0);
        var ran = await Gate.RunAsync(home, "usage --user nobody");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("There is no user 'nobody'");
    }

    [Fact]
    public async Task An_unknown_group_is_exit_2()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "usage --by colour");
        ran.ExitCode.ShouldBe(2);
        ran.Error.ShouldContain("'model'");
    }

    private static async Task<long> ExchangesAsync(TemporaryHome home)
    {
        var rows = (await Gate.RunAsync(home, "usage --json")).Json.GetProperty("data").GetProperty("rows");
        return rows.GetArrayLength() == 0 ? 0 : rows[0].GetProperty("exchanges").GetInt64();
    }
}
