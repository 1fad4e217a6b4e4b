using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Programs;

/// <summary>Processes that are started ahead.</summary>
public sealed class WarmProcessesTests : IDisposable
{
    private static readonly ClaudeProfile s_profile = new("one", null, null, null, null);
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-warm-").FullName;
    private readonly List<ClaudeProcess> _started = [];
    private long _room = long.MaxValue;

    [Theory]
    [InlineData(1000, 2)]
    [InlineData(100, 1)]
    public async Task One_is_started_ahead_only_where_the_kept_ones_leave_memory_for_it(int megabytes, int running)
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Warm = 1, Memory = (long)megabytes << 20 });
        (await stage.AskAsync([StandinStage.User("one")])).Status.ShouldBe(200);
        Directory.EnumerateFiles(stage.Records).Count().ShouldBe(running);
    }

    [Fact]
    public async Task Those_for_which_no_memory_is_left_end()
    {
        await using var warm = Warm();
        await warm.PrepareAsync(new LaunchFlags("opus"), s_profile);
        await warm.PrepareAsync(new LaunchFlags("haiku"), s_profile);
        await warm.FitAsync();
        _started.Count.ShouldBe(2);
        _started.ShouldAllBe(process => !process.HasExited);

        _room = 0;
        await warm.FitAsync();
        _started.ShouldAllBe(process => process.HasExited);
        await warm.PrepareAsync(new LaunchFlags("opus"), s_profile);
        _started.Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_that_was_started_ahead_serves_its_own_flags_and_account_alone_and_once()
    {
        await using var warm = Warm();
        await warm.PrepareAsync(new LaunchFlags("opus"), s_profile);
        var ahead = _started.ShouldHaveSingleItem();
        await using (var other = warm.Take(new LaunchFlags("haiku"), s_profile)) other.ShouldNotBeSameAs(ahead);
        await using (var other = warm.Take(new LaunchFlags("opus", "high"), s_profile)) other.ShouldNotBeSameAs(ahead);
        await using (var other = warm.Take(new LaunchFlags("opus"), s_profile with { Name = "two" })) other.ShouldNotBeSameAs(ahead);
        await using (var other = warm.Take(new LaunchFlags("opus"), s_profile with { WorkingFolder = "/elsewhere" })) other.ShouldNotBeSameAs(ahead);
        await using var same = warm.Take(new LaunchFlags("opus"), s_profile);
        same.ShouldBeSameAs(ahead);
        await using var next = warm.Take(new LaunchFlags("opus"), s_profile);
        next.ShouldNotBeSameAs(ahead);
    }

    [Fact]
    public async Task One_that_died_is_not_taken_and_of_too_many_the_first_ends()
    {
        await using var warm = Warm();
        foreach (var model in new[] { "opus", "sonnet", "haiku" }) await warm.PrepareAsync(new LaunchFlags(model), s_profile);
        _started.Select(process => process.HasExited).ShouldBe([true, false, false]);
        await _started[1].DisposeAsync();
        await using var taken = warm.Take(new LaunchFlags("sonnet"), s_profile);
        taken.ShouldBeSameAs(_started[3]);
    }

    [Fact]
    public async Task One_that_nobody_wants_ends_by_itself()
    {
        var clock = new ManualClock();
        await using var warm = Warm(clock);
        await warm.PrepareAsync(new LaunchFlags("opus"), s_profile);
        clock.Pass(TimeSpan.FromSeconds(50));
        await warm.FitAsync();
        _started.Single().HasExited.ShouldBeFalse();
        clock.Pass(TimeSpan.FromSeconds(11));
        await warm.FitAsync();
        _started.Single().HasExited.ShouldBeTrue();
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private WarmProcesses Warm(TimeProvider? clock = null) => new(Start, 2, () => _room, TimeSpan.FromMinutes(1), clock ?? TimeProvider.System);

    private ClaudeProcess Start(LaunchFlags flags, ClaudeProfile profile)
    {
        _started.Add(ClaudeProcess.Start(Path.Combine(AppContext.BaseDirectory, "Standins", "standin.sh"), flags, profile, _folder, Environment.GetEnvironmentVariable));
        return _started[^1];
    }
}
