using System.Net;
using System.Net.Sockets;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Checks;
using Gatehouse.Gateway.Access;
using Gatehouse.Processes;
using Gatehouse.Storage;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

/// <summary>Each check of the installation fails when its thing is wrong, and is content when it is not.</summary>
public sealed class ServerCheckTests
{
    [Fact]
    public async Task A_healthy_installation_fails_nothing()
    {
        await using var set = await SceneSetter.SetAsync();
        foreach (var check in DoctorChecks.All.Where(check => check is not GatewayCheck))
            (await set.RunAsync(check)).ShouldAllBe(result => result.Outcome == CheckOutcome.Ok || result.Outcome == CheckOutcome.NotApplicable, check.Id);
    }

    [Theory]
    [InlineData("none", "No server runs")]
    [InlineData("starting", "listens nowhere")]
    [InlineData("silent", "does not answer")]
    [InlineData("gone", "not /readyz")]
    public async Task Gateway_fails_when_no_server_answers(string kind, string evidence)
    {
        using var home = new TemporaryHome();
        var server = kind switch
        {
            "none" => null,
            "starting" => new RunningServer(4711, null, null),
            "silent" => new RunningServer(4711, "http://127.0.0.1:9", null),
            _ => SceneSetter.Serving("{}", $"http://127.0.0.1:{FreePort()}"),
        };
        var result = (await new GatewayCheck().RunAsync(SceneSetter.Of(home) with { Server = server }, CancellationToken.None)).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Evidence.ShouldContain(evidence);
        result.Suggestion.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Gateway_tells_a_server_that_serves_from_one_that_takes_no_calls()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var check = new GatewayCheck();
        var scene = SceneSetter.Of(home) with { Server = await RunningServer.FindAsync(home.DataDirectory, CancellationToken.None) };
        (await check.RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem().Outcome.ShouldBe(CheckOutcome.Ok);

        using var bare = new TemporaryHome();
        await using var server = GateServer.Start(bare, "serve --listen http://127.0.0.1:0");
        await server.LineAsync(" listens on ");
        scene = SceneSetter.Of(bare) with { Server = await RunningServer.FindAsync(bare.DataDirectory, CancellationToken.None) };
        var result = (await check.RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Evidence.ShouldContain("no provider is configured");
    }

    [Fact]
    public async Task Port_fails_when_another_program_holds_it_and_names_that()
    {
        using var home = new TemporaryHome();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var scene = SceneSetter.Of(home, $$"""{ "listen": "http://127.0.0.1:{{port}}" }""");
        var result = (await new PortCheck().RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Evidence.ShouldContain($"Port {port} is in use by process {Environment.ProcessId}");
        listener.Stop();
        (await new PortCheck().RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem().Outcome.ShouldBe(CheckOutcome.Ok);
    }

    [Fact]
    public async Task Configuration_fails_on_a_bad_file_and_on_a_reload_that_was_refused()
    {
        using var home = new TemporaryHome();
        var bad = await new ConfigurationCheck().RunAsync(SceneSetter.Of(home, """{ "colour": 1, "limits": 2 }"""), CancellationToken.None);
        bad.Count.ShouldBe(2);
        bad.ShouldAllBe(result => result.Outcome == CheckOutcome.Failed);
        bad.ShouldContain(result => result.Evidence.Contains("colour", StringComparison.Ordinal));

        await using var set = await SceneSetter.SetAsync("""{ "configuration": { "reload_error": "line 3: no" } }""");
        (await set.RunAsync(new ConfigurationCheck())).ShouldHaveSingleItem().Evidence.ShouldContain("line 3: no");
    }

    [Fact]
    public async Task Configuration_is_good_where_the_server_says_so_although_this_process_lacks_its_environment()
    {
        await using var set = await SceneSetter.SetAsync(configuration: """{ "models": [ { "match": "fast", "targets": [ { "provider": "openai" } ] } ] }""");
        set.Scene.Config.Problems.ShouldNotBeEmpty("the key is in the server's environment alone");
        (await set.RunAsync(new ConfigurationCheck())).ShouldHaveSingleItem().Outcome.ShouldBe(CheckOutcome.Ok);
    }

    [Fact]
    public async Task Master_key_fails_when_it_does_not_open_the_database()
    {
        await using var set = await SceneSetter.SetAsync();
        (await set.RunAsync(new MasterKeyCheck())).ShouldHaveSingleItem().Evidence.ShouldContain(set.Home.KeyFile);
        set.With(scene => scene with { KeyFault = "There is no master key: …" });
        (await set.RunAsync(new MasterKeyCheck())).ShouldHaveSingleItem().Outcome.ShouldBe(CheckOutcome.Failed);
    }

    [Theory]
    [InlineData(StoreFailure.Damaged, "backup")]
    [InlineData(StoreFailure.Newer, "newer one")]
    [InlineData(StoreFailure.Full, "room")]
    [InlineData(StoreFailure.Busy, "Another program")]
    [InlineData(StoreFailure.NotWritable, "--data-dir")]
    public async Task Database_fails_when_it_cannot_be_opened(StoreFailure failure, string help)
    {
        using var home = new TemporaryHome();
        var scene = SceneSetter.Of(home) with { StoreFault = new StoreException(failure, "It can't be opened.") };
        var result = (await new DatabaseCheck().RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Suggestion!.ShouldContain(help);
    }

    [Theory]
    [InlineData("""{ "ledger": { "degraded": "the disk is full", "lost_records": 0 } }""", CheckOutcome.Failed)]
    [InlineData("""{ "ledger": { "pending_rows": 0, "lost_records": 2 } }""", CheckOutcome.Warning)]
    [InlineData("""{ "ledger": { "pending_rows": 0, "lost_records": 0 } }""", CheckOutcome.Ok)]
    [InlineData("{}", CheckOutcome.NotApplicable)]
    public async Task Ledger_is_the_servers_word(string health, object expected)
    {
        await using var set = await SceneSetter.SetAsync(health);
        (await set.RunAsync(new LedgerCheck())).ShouldHaveSingleItem().Outcome.ShouldBe((CheckOutcome)expected);
    }

    [Theory]
    [InlineData(50, CheckOutcome.Failed)]
    [InlineData(500, CheckOutcome.Warning)]
    [InlineData(5000, CheckOutcome.Ok)]
    public async Task Disk_is_judged_by_what_is_free(long megabytes, object expected)
    {
        await using var set = await SceneSetter.SetAsync();
        set.With(scene => scene with { FreeBytes = _ => megabytes << 20 });
        (await set.RunAsync(new DiskCheck())).ShouldHaveSingleItem().Outcome.ShouldBe((CheckOutcome)expected);
    }

    [Theory]
    [InlineData("openai", """{ "name": "openai", "state": "ok", "clock_ahead_seconds": 300.4 }""", CheckOutcome.Failed, "300 s ahead of")]
    [InlineData("openai", """{ "name": "openai", "state": "ok", "clock_ahead_seconds": -4000 }""", CheckOutcome.Failed, "4000 s behind")]
    [InlineData("openai", """{ "name": "openai", "state": "ok", "clock_ahead_seconds": 3 }""", CheckOutcome.Ok, "3 s ahead of")]
    [InlineData("", """{ "name": "openai", "state": "unknown" }""", CheckOutcome.NotApplicable, "answered yet")]
    public async Task Clock_is_judged_by_the_providers(string subject, string provider, object expected, string evidence)
    {
        await using var set = await SceneSetter.SetAsync($$"""{ "providers": [ {{provider}} ] }""");
        var result = (await set.RunAsync(new ClockCheck())).ShouldHaveSingleItem();
        result.Outcome.ShouldBe((CheckOutcome)expected);
        result.Subject.ShouldBe(subject);
        result.Evidence.ShouldContain(evidence);
    }

    [Fact]
    public async Task Clock_fails_when_the_database_holds_a_time_to_come()
    {
        await using var set = await SceneSetter.SetAsync();
        set.With(scene => scene with { Clock = new StoppedClock(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1)) });
        var result = (await set.RunAsync(new ClockCheck())).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Evidence.ShouldContain("set back");
    }

    [Fact]
    public async Task Tokens_fails_without_a_good_one_and_warns_of_those_that_end_soon()
    {
        await using var set = await SceneSetter.SetAsync();
        var token = set.Scene.Tokens[0];
        async Task<CheckResult> WithAsync(AccessToken only) => (await set.With(scene => scene with { Tokens = [only] }).RunAsync(new TokensCheck())).ShouldHaveSingleItem();
        (await WithAsync(token with { RevokedAt = token.CreatedAt })).Outcome.ShouldBe(CheckOutcome.Failed);
        (await WithAsync(token with { ExpiresAt = token.CreatedAt })).Outcome.ShouldBe(CheckOutcome.Failed);
        (await WithAsync(token with { Scopes = TokenScopes.Metrics })).Outcome.ShouldBe(CheckOutcome.Failed);
        var ending = await WithAsync(token with { ExpiresAt = token.CreatedAt + TimeSpan.FromDays(2) });
        ending.Outcome.ShouldBe(CheckOutcome.Warning);
        ending.Subject.ShouldBe("laptop");
        (await WithAsync(token)).Outcome.ShouldBe(CheckOutcome.Ok);
    }

    [Theory]
    [InlineData("""{ "name": "openai", "state": "ok", "key_from": "the vault" }""", CheckOutcome.Ok)]
    [InlineData("""{ "name": "openai", "state": "unknown", "key_from": null }""", CheckOutcome.Failed)]
    [InlineData("""{ "name": "sim", "state": "ok", "key_from": null }""", CheckOutcome.Ok)]
    public async Task Provider_keys_are_the_servers_word_while_it_runs(string provider, object expected)
    {
        await using var set = await SceneSetter.SetAsync($$"""{ "providers": [ {{provider}} ] }""");
        (await set.RunAsync(new ProviderKeysCheck())).ShouldHaveSingleItem().Outcome.ShouldBe((CheckOutcome)expected);
    }

    [Theory]
    [InlineData("""{ "providers": { "anthropic": { "preset": "anthropic" } } }""", "", CheckOutcome.Failed)]
    [InlineData("""{ "providers": { "anthropic": { "preset": "anthropic" } } }""", "ANTHROPIC_API_KEY", CheckOutcome.Ok)]
    [InlineData("""{ "providers": { "own": { "endpoints": { "openai-chat": "http://127.0.0.1:1/v1" }, "allowPrivateNetwork": true } } }""", "", CheckOutcome.Ok)]
    [InlineData("""{ "providers": { "own": { "endpoints": { "openai-chat": "http://127.0.0.1:1/v1" }, "apiKeyEnv": "OWN_KEY", "allowPrivateNetwork": true } } }""", "OWN_KEY", CheckOutcome.Ok)]
    [InlineData("""{ "providers": { "own": { "endpoints": { "openai-chat": "https://192.168.1.5/v1" }, "apiKeyEnv": "OWN_KEY", "allowPrivateNetwork": true } } }""", "OWN_KEY", CheckOutcome.Ok)]
    [InlineData("{}", "", CheckOutcome.Failed)]
    public async Task Provider_keys_are_looked_for_where_a_server_would(string configuration, string variable, object expected)
    {
        using var home = new TemporaryHome();
        var scene = SceneSetter.Of(home, configuration, variable.Length == 0 ? [] : [(variable, "sk-canary-55aa")]);
        var result = (await new ProviderKeysCheck().RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem();
        result.Outcome.ShouldBe((CheckOutcome)expected, result.Evidence);
        result.ToString().ShouldNotContain("sk-canary");
    }

    [Fact]
    public async Task Providers_fails_when_one_keeps_failing()
    {
        await using var set = await SceneSetter.SetAsync("""{ "providers": [ { "name": "openai", "state": "failing", "consecutive_faults": 5, "last_failure_kind": "http_503" } ] }""");
        var result = (await set.RunAsync(new ProvidersCheck())).ShouldHaveSingleItem();
        result.Outcome.ShouldBe(CheckOutcome.Failed);
        result.Evidence.ShouldContain("http_503");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
