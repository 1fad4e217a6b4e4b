using System.Text.RegularExpressions;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Status;

public sealed class StatusCommandTests
{
    [Fact]
    public async Task Without_a_server_it_is_exit_1_and_makes_nothing()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "status");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Output.ShouldContain("not running");
        ran.Output.ShouldContain("gatehouse serve");
        Directory.Exists(home.DataDirectory).ShouldBeFalse();

        var json = await Gate.RunAsync(home, "status --json");
        json.ExitCode.ShouldBe(1);
        json.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.Json.GetProperty("data").GetProperty("running").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_stored_key_that_somebody_altered_is_told()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "credential add openai", "sk-a-key-that-is-altered-0001")).ExitCode.ShouldBe(0);
        await using var store = await Gatehouse.Installations.Installation.OpenStoreAsync(home.DataDirectory, CancellationToken.None);
        await store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE credentials SET provider = 'elsewhere'";
            command.Transaction = transaction;
            return command.ExecuteNonQuery();
        });
        await using var served = await Served.StartAsync(home);

        var ran = await Gate.RunAsync(home, "status --json");

        ran.Json.GetProperty("data").GetProperty("server").GetProperty("health").GetProperty("unreadable_rows").GetInt32().ShouldBe(1);
        ran.Json.GetProperty("warnings").EnumerateArray().ShouldContain(warning => warning.GetString()!.Contains("altered", StringComparison.Ordinal));
        ran.Output.ShouldNotContain("sk-a-key");
    }

    [Fact]
    public async Task A_provider_that_needs_no_key_is_not_shown_as_one_that_lacks_it()
    {
        using var home = new TemporaryHome();
        Directory.CreateDirectory(home.DataDirectory);
        File.WriteAllText(
            Path.Combine(home.DataDirectory, "gatehouse.json"),
            """
            { "providers": {
                "local": { "endpoints": { "openai-chat": "http://127.0.0.1:9/v1" }, "allowPrivateNetwork": true },
                "keyless": { "endpoints": { "openai-chat": "http://127.0.0.1:9/v1" }, "allowPrivateNetwork": true, "apiKeyEnv": "MISSING_KEY" } } }
            """);
        await using var served = await Served.StartAsync(home);
        var ran = await Gate.RunAsync(home, "status");
        foreach (var (name, key) in new[] { ("local", "needs none"), ("sim", "needs none"), ("keyless", "none") })
            ran.Output.ShouldMatch($@"(?m)^{name} +\w+ +{key}\r?$");
        ran.Output.ShouldMatch("(?m)^anonymous +off: every caller needs a token");
    }

    [Fact]
    public async Task A_running_server_is_shown_with_process_address_health_and_counts()
    {
        using var home = new TemporaryHome();
        var file = home.Write("gatehouse.json", """{ "auth": { "anonymous": "loopback", "anonymousToken": "default" } }""");
        await using var served = await Served.StartAsync(home, $"--config {file}");
        var ran = await Gate.RunAsync(home, ["status", "--json", "--config", file]);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var data = ran.Json.GetProperty("data");
        data.GetProperty("server").GetProperty("pid").GetInt32().ShouldBe(served.Server.ProcessId);
        data.GetProperty("server").GetProperty("address").GetString().ShouldBe(served.Address.AbsoluteUri.TrimEnd('/'));
        data.GetProperty("server").GetProperty("health").GetProperty("exchanges_running").GetInt32().ShouldBe(0);
        data.GetProperty("anonymous").GetString().ShouldBe("loopback");
        data.GetProperty("tokens").GetProperty("good").GetInt32().ShouldBe(1);
        data.GetProperty("sqlite").GetString()!.ShouldMatch(@"^3\.\d+");

        var text = await Gate.RunAsync(home, ["status", "--config", file]);
        text.Output.ShouldContain($"process {served.Server.ProcessId}");
        text.Output.ShouldContain("rows pending");
        text.Output.ShouldMatch("(?m)^anonymous +on: programs on this machine need no token");
        text.Output.ShouldNotContain(served.Token);
    }

    [Fact]
    public async Task Where_the_servers_keys_come_from_is_its_own_word()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home, "", ("ANTHROPIC_API_KEY", "sk-canary-0a1b2c3d4e5f"));
        var ran = await Gate.RunAsync(home, "status --json");
        var keys = ran.Json.GetProperty("data").GetProperty("providers").EnumerateArray()
            .ToDictionary(p => p.GetProperty("name").GetString()!, p => p.GetProperty("key_from").GetString());
        keys["anthropic"].ShouldBe("ANTHROPIC_API_KEY", "only the server has that variable");
        keys["sim"].ShouldBeNull();
        ran.Output.ShouldNotContain("sk-canary");
    }

    [Fact]
    public async Task A_configuration_that_is_good_for_the_server_alone_is_not_called_bad()
    {
        using var home = new TemporaryHome();
        var file = home.Write("gatehouse.json", """{ "models": [ { "match": "fast", "targets": [ { "provider": "groq" } ] } ] }""");
        await using var served = await Served.StartAsync(home, $"--config {file}", ("GROQ_API_KEY", "sk-canary-0a1b2c3d4e5f"));
        var ran = await Gate.RunAsync(home, ["status", "--config", file]);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Error.ShouldBeEmpty();
        ran.Output.ShouldNotContain("at fault");
    }

    [Fact]
    public async Task A_server_is_shown_although_its_database_can_not_be_read()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        using (var other = Gatehouse.Storage.Sqlite.NativeSqlite.Connection($"Data Source={home.Database};Pooling=False"))
        {
            other.Open();
            using var lockIt = other.CreateCommand();
            lockIt.CommandText = "BEGIN EXCLUSIVE";
            lockIt.ExecuteNonQuery();
            (await served.AskAsync("hello")).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
            var ran = await Gate.RunAsync(home, "status");
            ran.ExitCode.ShouldBe(0, ran.ToString());
            ran.Output.ShouldContain($"process {served.Server.ProcessId}");
            ran.Output.ShouldContain("rows pending");
            ran.Output.ShouldNotContain("nothing there yet");
            ran.Error.ShouldContain("locked by another program");
        }

        await served.StopAsync();
        await File.WriteAllTextAsync(home.Database, "no database");
        var alone = await Gate.RunAsync(home, "status");
        alone.ExitCode.ShouldBe(1, alone.ToString());
        alone.Error.ShouldContain("damaged");
        alone.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_that_has_ended_is_told_with_the_command_that_renews_it_by_the_start_status_and_doctor()
    {
        using var home = new TemporaryHome();
        var login = home.Write("login.json", """{"claudeAiOauth":{"accessToken":"sk-ant-oat01-canary-0a1b2c3d4e5f","expiresAt":1}}""");
        var file = home.Write("gatehouse.json", """{ "providers": { "anthropic": { "auth": "claude-login" } } }""");
        await using var served = await Served.StartAsync(home, $"--config {file}", ("CLAUDE_CREDENTIALS_PATH", login));
        foreach (var command in (string[])["status", "doctor"])
        {
            var ran = await Gate.RunAsync(home, [command, "--config", file]);
            (ran.Output + ran.Error).ShouldContain("claude -p hello");
            ran.ToString().ShouldNotContain("canary");
        }
    }

    [Fact]
    public async Task A_server_that_died_is_not_running()
    {
        using var home = new TemporaryHome();
        await using (await Served.StartAsync(home))
        {
            // Ended without a word, as by kill -9.
        }

        var ran = await Gate.RunAsync(home, "status");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Output.ShouldContain("not running");
    }

    [Fact]
    public async Task A_file_that_went_bad_under_the_server_is_told_with_its_name_whatever_this_command_would_read()
    {
        using var home = new TemporaryHome();
        var file = home.Write("elsewhere.json", "{}");
        await using var served = await Served.StartAsync(home, $"--config {file}");
        (await Gate.RunAsync(home, "status")).Output.ShouldMatch($@"(?m)^configuration +{Regex.Escape(file)} \(named by --config\)\r?$");
        (await Gate.RunAsync(home, "doctor --json")).Output.ShouldContain(file);

        File.WriteAllText(file, """{ "colour": 1, "stream": { "keepAliveSeconds": "x" } }""");
        await Served.UntilAsync(async () => (await Gate.RunAsync(home, "status")).Error.Contains("colour", StringComparison.Ordinal), "the server looks at its file");
        var ran = await Gate.RunAsync(home, "status");
        ran.ExitCode.ShouldBe(0, "the configuration of before is in force");
        ran.Output.ShouldMatch($@"(?m)^configuration +{Regex.Escape(file)} \(named by --config\), at fault\r?$");
        ran.Error.ShouldContain("the one before it is in force: colour: is not a known key");
        ran.Error.ShouldContain("stream.keepAliveSeconds: ");
        var data = (await Gate.RunAsync(home, "status --json")).Json.GetProperty("data");
        data.GetProperty("configuration").GetString()!.ShouldStartWith(file);
        data.GetProperty("configuration_errors").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_bad_configuration_is_a_warning()
    {
        using var home = new TemporaryHome();
        var file = home.Write("bad.json", """{ "colour": 1 }""");
        var ran = await Gate.RunAsync(home, ["status", "--config", file]);
        ran.Error.ShouldContain("colour");
        ran.Output.ShouldContain("at fault");
    }
}
