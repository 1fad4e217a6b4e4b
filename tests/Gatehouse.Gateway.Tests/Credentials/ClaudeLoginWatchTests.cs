using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class ClaudeLoginWatchTests : IDisposable
{
    private readonly LoginFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_log_hears_how_the_login_stands_at_start_and_every_23_hours()
    {
        ClaudeLoginWatch.Interval.ShouldBe(TimeSpan.FromHours(23));
        var clock = new TimerClock();
        var log = new CapturedLog();
        using var stop = new CancellationTokenSource();
        await using var source = Source("""{ "providers": { "anthropic": { "auth": "claude-login" } } }""");
        _folder.Write(LoginFolder.First, DateTimeOffset.UtcNow.AddHours(8));
        var watch = new ClaudeLoginWatch(source, new Live<CredentialTable>(Table(shared: false)), clock, log.CreateLogger<ClaudeLoginWatch>());
        watch.Look();
        log.Entries.ShouldHaveSingleItem().ShouldContain("good until");

        var running = watch.RunAsync(stop.Token);
        _folder.Write(LoginFolder.First, DateTimeOffset.UtcNow.AddHours(-1));
        await clock.FireAsync(ClaudeLoginWatch.Interval);
        await UntilAsync(() => log.Entries.Count == 2);
        log.Entries.Last().ShouldStartWith("Warning");
        log.Entries.Last().ShouldContain("claude -p hello");
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login" } } }""", true, true)]
    [InlineData("""{ "providers": { "anthropic": { "auth": "claude-login" } } }""", false, false)]
    [InlineData("""{ "providers": { "anthropic": { "preset": "anthropic" } } }""", true, false)]
    public async Task Several_users_and_a_login_make_no_server(string configuration, bool shared, bool refused)
    {
        await using var source = Source(configuration);
        var watch = new ClaudeLoginWatch(source, new Live<CredentialTable>(Table(shared)), TimeProvider.System, NullLogger<ClaudeLoginWatch>.Instance);
        (watch.Refusal() is not null).ShouldBe(refused);
    }

    private CredentialTable Table(bool shared) => CredentialTable.Build(
        [new("anthropic", null, [], ClaudeLogin: true)], [], name => name == "HOME" ? _folder.Home : null, TimeProvider.System, shared);

    private ConfigSource Source(string text)
    {
        File.WriteAllText(Path.Combine(_folder.Home, "gatehouse.json"), text);
        var (source, problems) = ConfigSource.Open(new ConfigInputs { DataDirectory = _folder.Home }, TimeProvider.System, NullLogger<ConfigSource>.Instance);
        problems.ShouldBeEmpty();
        return source!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            await Task.Delay(10);
        }
    }
}
