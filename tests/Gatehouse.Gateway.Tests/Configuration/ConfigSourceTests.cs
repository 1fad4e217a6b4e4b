using Gatehouse.Gateway.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class ConfigSourceTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ConfigSource> _sources = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_bad_configuration_gives_no_source()
    {
        Write("{ \"x\": 1 }");
        var (source, problems) =
            ConfigSource.Open(ConfigFixture.Inputs(_folder.Path), TimeProvider.System, NullLogger<ConfigSource>.Instance);
        source.ShouldBeNull();
        problems.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_good_change_replaces_the_snapshot_and_tells_its_followers()
    {
        Write(Drain(1));
        var source = Open();
        var before = source.Current;
        var told = new List<GatewaySnapshot>();
        using (source.OnChange(told.Add))
        {
            source.Poll().ShouldBeFalse("nothing changed");
            Write(Drain(2));
            source.Poll().ShouldBeTrue();
        }

        Write(Drain(3));
        source.Poll().ShouldBeTrue();
        before.Config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(1), "a snapshot that was taken never changes");
        source.Current.Config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(3));
        source.Current.Version.ShouldBe(3);
        told.ShouldHaveSingleItem().Config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(2));
        source.Status.Reloads.ShouldBe(2);
    }

    [Fact]
    public void A_bad_change_keeps_the_old_one_and_says_so_until_it_is_mended()
    {
        Write(Drain(1));
        var log = new RecordingLog();
        var source = Open(log);
        var before = source.Current;
        Write("{ \"limits\": { \"drainSeconds\": \"soon\", \"drain\": 1 } }");
        source.Poll().ShouldBeFalse();
        source.Poll().ShouldBeFalse();
        source.Current.ShouldBeSameAs(before);
        source.Status.FailedReloads.ShouldBe(1, "the same bad content is reported once");
        source.Status.Problems.Length.ShouldBe(2);
        source.Status.LastError.ShouldNotBeNull().ShouldContain("limits.drainSeconds");
        log.Lines.ShouldHaveSingleItem().ShouldContain("limits.drain: is not a known key");

        Write(Drain(1));
        source.Poll().ShouldBeTrue();
        source.Status.Problems.ShouldBeEmpty();
        source.Status.LastError.ShouldBeNull();
    }

    [Fact]
    public void A_file_that_disappears_changes_nothing_and_one_that_appears_is_taken_over()
    {
        var source = Open();
        source.Status.FromFile.ShouldBeFalse();
        Write(Drain(1));
        source.Poll().ShouldBeTrue();
        source.Status.FromFile.ShouldBeTrue();
        File.Delete(_folder.File("gatehouse.json"));
        source.Poll().ShouldBeFalse();
        source.Current.Config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(1));
        source.Status.LastError.ShouldNotBeNull().ShouldContain("is gone");
    }

    [Fact]
    public void What_is_read_only_at_start_is_said_to_need_a_restart()
    {
        Write("{ \"listen\": \"http://127.0.0.1:1\" }");
        var source = Open();
        Write("{ \"listen\": \"http://127.0.0.1:2\", \"limits\": { \"maxHeaderBytes\": 8192 }, \"stream\": { \"keepAliveSeconds\": 1 } }");
        source.Poll().ShouldBeTrue();
        source.Status.NeedsRestart.ShouldBe(["listen", "limits.maxHeaderBytes"]);
        Write("{ \"listen\": \"http://127.0.0.1:1\" }");
        source.Poll().ShouldBeTrue();
        source.Status.NeedsRestart.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"auth\": { \"anonymous\": \"loopback\", \"anonymousToken\": \"t\" }", "auth.anonymous")]
    [InlineData("\"providers\": { \"anthropic\": { \"auth\": \"claude-login\" } }", "providers.anthropic.auth")]
    public void What_counts_for_loopback_alone_is_refused_as_long_as_an_address_of_before_is_bound(string members, string key)
    {
        Write("{ \"listen\": \"http://0.0.0.0:1\", \"allowRemote\": true }");
        var source = Open();
        var wanted = $"{{ \"listen\": \"http://127.0.0.1:1\", {members} }}";
        Write(wanted);
        source.Poll().ShouldBeFalse();
        source.Status.LastError.ShouldNotBeNull().ShouldStartWith(key);
        source.Status.LastError.ShouldContain("restart");
        ConfigFixture.Good(wanted);
    }

    [Fact]
    public void A_text_that_is_not_utf8_keeps_the_old_one_and_says_so()
    {
        Write(Drain(1));
        var source = Open();
        File.WriteAllBytes(_folder.File("gatehouse.json"), [.. "{\n  \"integration\": { \"defaultModel\": \""u8, 0xFC, .. "\" } }"u8]);
        source.Poll().ShouldBeFalse();
        source.Status.LastError.ShouldNotBeNull().ShouldContain("not UTF-8");
        source.Status.Problems.ShouldHaveSingleItem().Line.ShouldBe(2);
    }

    [Fact]
    public void A_follower_that_fails_does_not_keep_others_from_following()
    {
        Write(Drain(1));
        var source = Open();
        var told = 0;
        using var bad = source.OnChange(_ => throw new InvalidOperationException());
        using var good = source.OnChange(_ => told++);
        Write(Drain(2));
        source.Poll().ShouldBeTrue();
        told.ShouldBe(1);
    }

    [Fact]
    public void The_environment_still_overrides_a_reloaded_file()
    {
        Write(Drain(1));
        var source = Open(inputs: ConfigFixture.Inputs(_folder.Path, new() { ["GATEHOUSE__STREAM__KEEPALIVESECONDS"] = "3" }));
        Write("{ \"stream\": { \"keepAliveSeconds\": 5 } }");
        source.Poll().ShouldBeTrue();
        source.Current.Config.Stream.KeepAlive.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_file_is_looked_at_every_second()
    {
        Write(Drain(1));
        var clock = new TimerClock();
        var source = Open(clock: clock);
        var changed = new TaskCompletionSource();
        using var following = source.OnChange(_ => changed.TrySetResult());
        source.StartWatching();
        Write(Drain(2));
        await clock.FireAsync(TimeSpan.FromSeconds(1));
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        source.Current.Config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(2));
    }

    private ConfigSource Open(ILogger<ConfigSource>? log = null, ConfigInputs? inputs = null, TimeProvider? clock = null)
    {
        var (source, problems) = ConfigSource.Open(
            inputs ?? ConfigFixture.Inputs(_folder.Path), clock ?? TimeProvider.System, log ?? NullLogger<ConfigSource>.Instance);
        problems.ShouldBeEmpty();
        _sources.Add(source!);
        return source!;
    }

    private void Write(string text) => File.WriteAllText(_folder.File("gatehouse.json"), text);

    private static string Drain(int seconds) => $$"""{ "limits": { "drainSeconds": {{seconds}} } }""";

    private sealed class RecordingLog : ILogger<ConfigSource>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
