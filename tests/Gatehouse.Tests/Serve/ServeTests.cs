using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Serve;

public sealed class ServeTests
{
    private const string Canary = "sk-canary-0c1d2e3f4a5b6c7d8e9f";

    [Fact]
    public async Task The_first_start_prints_a_token_once_and_the_lines_that_start_the_agents()
    {
        using var home = new TemporaryHome();
        string token;
        await using (var served = await Served.StartAsync(home))
        {
            token = served.Token;
            var root = served.Address.AbsoluteUri.TrimEnd('/');
            token.ShouldNotBeEmpty();
            var output = served.Server.Output;
            output.ShouldContain(home.DataDirectory);
            output.ShouldContain(home.KeyFile);
            output.ShouldContain($"ANTHROPIC_BASE_URL={root} ANTHROPIC_AUTH_TOKEN={token} claude");
            output.ShouldContain($"model_providers.gatehouse.base_url={root}/v1");
            output.ShouldContain("opencode");
            (await served.AskAsync("hello")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await served.StopAsync()).ShouldBe(0, served.Server.Error);
            served.Server.Error.ShouldNotContain(token);
        }

        home.FilesHolding(token).ShouldBeEmpty();
        await using var again = await Served.StartAsync(home);
        again.Token.ShouldBeEmpty();
        again.Server.Output.ShouldContain("gatehouse token create");
        (await again.AskAsync("hello", token: token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.StopAsync()).ShouldBe(0, again.Server.Error);
    }

    [Fact]
    public async Task Providers_are_told_with_where_their_keys_come_from_and_never_the_keys()
    {
        using var home = new TemporaryHome();
        var file = home.Write("gatehouse.json",
            """{ "providers": { "mine": { "preset": "mistral", "apiKeyEnv": "MY_KEY" }, "openai": { "preset": "openai" } } }""");
        await Gate.RunAsync(home, "credential add openai", Canary + "-vault");
        await using var served = await Served.StartAsync(home, $"--verbose --config {file}", ("ANTHROPIC_API_KEY", Canary));
        served.Server.Output.ShouldMatch(@"anthropic +key from ANTHROPIC_API_KEY");
        served.Server.Output.ShouldMatch(@"openai +key from the vault");
        served.Server.Output.ShouldMatch(@"mine +no key: gatehouse credential add mine, or set MY_KEY");
        served.Server.Output.ShouldContain("env -u ANTHROPIC_API_KEY ANTHROPIC_BASE_URL=");
        (await served.StopAsync()).ShouldBe(0);
        (served.Server.Output + served.Server.Error).ShouldNotContain(Canary);
        home.FilesHolding(Canary).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_any_key_it_says_how_to_add_one()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        served.Server.Output.ShouldContain("no provider has a key yet");
        served.Server.Output.ShouldContain("gatehouse credential add anthropic");
        served.Server.Output.ShouldContain("ANTHROPIC_API_KEY=");
    }

    [Fact]
    public async Task A_data_directory_that_is_not_the_usual_one_is_told_with_what_other_commands_need()
    {
        using var home = new TemporaryHome();
        await using (var usual = await Served.StartAsync(home)) usual.Server.Output.ShouldNotContain("--data-dir");
        var other = Path.Combine(home.Path, "elsewhere");
        await using var served = await Served.StartAsync(home, $"--data-dir {other}");
        served.Server.Output.ShouldContain($"{other} (other commands need the same --data-dir)");
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_directory_is_refused_with_the_first_ones_address()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var ran = await Gate.RunAsync(home, "serve --listen http://127.0.0.1:0");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain($"process {served.Server.ProcessId}");
        ran.Error.ShouldContain(served.Address.AbsoluteUri.TrimEnd('/'));
        ran.Error.ShouldContain("--data-dir");
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_its_holder_and_costs_no_token()
    {
        using var home = new TemporaryHome();
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var ran = await Gate.RunAsync(home, $"serve --listen http://127.0.0.1:{port}");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain($"Port {port} is in use by process {Environment.ProcessId}");
        ran.Error.ShouldContain("--listen");
        ran.Output.ShouldBeEmpty();
        var several = await Gate.RunAsync(home, $"serve --listen http://127.0.0.1:0 --listen http://127.0.0.1:{port}");
        several.ExitCode.ShouldBe(1, several.ToString());
        several.Error.ShouldContain(
            $"Port {port} is in use by process {Environment.ProcessId}", customMessage: "of several addresses the one that is taken");
        await using var served = await Served.StartAsync(home);
        served.Token.ShouldNotBeEmpty("the failed start must not have used up the first token");
    }

    [Fact]
    public async Task A_data_directory_that_went_away_does_not_spoil_the_end()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        Directory.Delete(home.DataDirectory, recursive: true);
        (await served.StopAsync()).ShouldBe(0, served.Server.Error);
        served.Server.Error.ShouldContain("Stopped.");
    }

    [Theory]
    [InlineData("--listen http://0.0.0.0:0", "--allow-remote")]
    [InlineData("--listen https://127.0.0.1:0", "proxy")]
    [InlineData("--listen nonsense", "http://HOST:PORT")]
    [InlineData("--listen http://localhost:0", "http://127.0.0.1:0")]
    [InlineData("--listen http://[::ffff:127.0.0.1]:8484", "http://127.0.0.1:8484")]
    public async Task An_address_that_may_not_be_listened_on_is_exit_2(string line, string remedy)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, $"serve {line}");
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.ShouldContain("listen: ");
        ran.Error.ShouldContain("(from the command line)");
        ran.Error.ShouldContain(remedy);
    }

    [Fact]
    public async Task An_address_that_others_can_reach_may_be_listened_on_when_that_is_said()
    {
        // An address for documents (RFC 5737), which no machine has: what is allowed then fails at the socket, and nothing is opened to anybody.
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "serve --listen http://192.0.2.1:0")).ExitCode.ShouldBe(2);
        var ran = await Gate.RunAsync(home, "serve --listen http://192.0.2.1:0 --allow-remote");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("192.0.2.1");
        ran.Error.ShouldNotContain("--allow-remote");
    }

    [Fact]
    public async Task Every_configuration_fault_is_told_before_anything_is_made()
    {
        using var home = new TemporaryHome();
        var file = home.Write("bad.json", """{ "colour": 1, "limits": { "drainSeconds": -1 } }""");
        var ran = await Gate.RunAsync(home, ["serve", "--config", file]);
        ran.ExitCode.ShouldBe(2, ran.ToString());
        ran.Error.ShouldContain("colour");
        ran.Error.ShouldContain("limits.drainSeconds");
        File.Exists(home.Database).ShouldBeFalse();
    }

    [Fact]
    public async Task Stopping_lets_a_running_exchange_finish_and_says_how_many_run()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        using var response = await served.AskAsync("[slow 100] [long 20]", stream: true);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync())!.ShouldStartWith("data: ");
        served.Server.SendTerminate();
        (await served.Server.LineAsync("Stopping:")).ShouldContain("1 exchange still runs");
        (await reader.ReadToEndAsync()).ShouldContain("[DONE]");
        (await served.Server.ExitAsync()).ShouldBe(0, served.Server.Error);
        var used = await Gate.RunAsync(home, "usage --by model --json");
        used.Json.GetProperty("data").GetProperty("rows")[0].GetProperty("exchanges").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once_and_the_exchange_is_in_the_ledger_as_interrupted()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        using var response = await served.AskAsync("[slow 1000] [long 600]", stream: true);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync())!.ShouldStartWith("data: ");
        served.Server.SendInterrupt();
        await served.Server.LineAsync("Stopping:");
        served.Server.SendInterrupt();
        (await served.Server.ExitAsync()).ShouldBe(1);
        var row = (await Gate.RunAsync(home, "usage --by model --json")).Json.GetProperty("data").GetProperty("rows")[0];
        row.GetProperty("exchanges").GetInt64().ShouldBe(1);
        row.GetProperty("failed").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_closed_terminal_stops_it_as_an_order_does_and_its_second_signal_cuts_nothing_off()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        using var response = await served.AskAsync("[slow 100] [long 20]", stream: true);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync())!.ShouldStartWith("data: ");
        served.Server.SendHangup();
        (await served.Server.LineAsync("Stopping:")).ShouldContain("1 exchange still runs");
        served.Server.SendHangup();
        (await reader.ReadToEndAsync()).ShouldContain("[DONE]");
        (await served.Server.ExitAsync()).ShouldBe(0, served.Server.Error);
    }

    [Fact]
    public async Task A_log_that_nobody_can_read_keeps_it_neither_from_answering_nor_from_ending_in_good_order()
    {
        using var home = new TemporaryHome();
        await using var server = GateServer.StartUnheard(home, "serve --simulator --verbose --listen http://127.0.0.1:0");
        var line = await server.LineAsync(" listens on ");
        using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]) };
        (await http.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "a refused caller is told of in the log");
        server.SendTerminate();
        (await server.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Another_signal_behind_that_of_a_closed_terminal_ends_it_at_once()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        using var response = await served.AskAsync("[slow 1000] [long 600]", stream: true);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync())!.ShouldStartWith("data: ");
        served.Server.SendHangup();
        await served.Server.LineAsync("Stopping:");
        served.Server.SendTerminate();
        (await served.Server.ExitAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Tokens_made_and_revoked_beside_it_take_effect_by_themselves()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var token = (await Gate.RunAsync(home, "token create --name other")).Output.Trim();
        (await served.AskAsync("hello", token: token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Gate.RunAsync(home, "token revoke other")).ExitCode.ShouldBe(0);
        await Served.UntilAsync(async () =>
            (await served.AskAsync("hello", token: token)).StatusCode == HttpStatusCode.Unauthorized, "a revoked token must be refused");
    }

    [Fact]
    public async Task A_key_added_beside_it_brings_its_preset_in_without_any_file()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        (await Gate.RunAsync(home, "credential add groq", Canary)).ExitCode.ShouldBe(0);
        await Served.UntilAsync(async () => (await Gate.RunAsync(home, "status")).Output is var text && text.Contains("groq")
            && text.Contains("the vault"), "the server must follow the vault");
        (await Gate.RunAsync(home, "config check")).Output.ShouldContain("groq");
        (await Gate.RunAsync(home, "credential remove groq/default")).ExitCode.ShouldBe(0);
        await Served.UntilAsync(async () => !(await Gate.RunAsync(home, "status")).Output.Contains("groq"), "and forget what was removed");
    }

    [Fact]
    public async Task A_changed_configuration_is_taken_over_and_a_bad_one_is_not_and_both_are_told()
    {
        using var home = new TemporaryHome();
        Directory.CreateDirectory(home.DataDirectory);
        var file = Path.Combine(home.DataDirectory, "gatehouse.json");
        await File.WriteAllTextAsync(file, "{}");
        await using var served = await Served.StartAsync(home);
        await File.WriteAllTextAsync(
            file, """{ "models": [ { "match": "fast", "targets": [ { "provider": "nobody" } ] } ], "colour": 1 }""");
        (await served.Server.LineAsync("is not good")).ShouldContain("colour");
        var status = await Gate.RunAsync(home, "status");
        status.ExitCode.ShouldBe(0, status.ToString());
        status.Error.ShouldContain("the one before it is in force");
        await File.WriteAllTextAsync(file, """{ "stream": { "keepAliveSeconds": 5 } }""");
        await served.Server.LineAsync("Configuration reloaded");
    }

    [Fact]
    public async Task Log_lines_are_single_lines_with_time_and_level()
    {
        using var home = new TemporaryHome();
        Directory.CreateDirectory(home.DataDirectory);
        var file = Path.Combine(home.DataDirectory, "gatehouse.json");
        await File.WriteAllTextAsync(file, "{}");
        await using var served = await Served.StartAsync(home);
        await File.WriteAllTextAsync(file, """{ "a": 1, "b": 2 }""");
        await served.Server.LineAsync("is not good");
        await served.StopAsync();
        foreach (var line in served.Server.Error.TrimEnd().Split('\n').Where(l => !l.StartsWith("Stop", StringComparison.Ordinal)))
            Regex.IsMatch(line, @"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z (debug|info |warn |error) \w+: ").ShouldBeTrue(line);
    }
}
