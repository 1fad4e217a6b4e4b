using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Programs;

/// <summary>Processes that are started ahead.</summary>
public sealed class WarmProcessesTests
{
    private static readonly ClaudeProfile s_profile = new("one", null, null, null, null);

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
        var folder = Directory.CreateTempSubdirectory("gatehouse-warm-").FullName;
        var program = Path.Combine(AppContext.BaseDirectory, "Standins", "standin.sh");
        var room = long.MaxValue;
        var started = new List<ClaudeProcess>();
        await using var warm = new WarmProcesses(Start, 2, () => room, TimeSpan.FromMinutes(1), TimeProvider.System);
        await warm.PrepareAsync(new LaunchFlags("opus"), s_profile);
        await warm.PrepareAsync(new LaunchFlags("haiku"), s_profile);
        await warm.FitAsync();
        started.Count.ShouldBe(2);
        started.ShouldAllBe(process => !process.HasExited);

        room = 0;
        await warm.FitAsync();
        started.ShouldAllBe(process => process.HasExited);
        await warm.PrepareAsync(new LaunchFlags("opus"), s_profile);
        started.Count.ShouldBe(2);
        Directory.Delete(folder, recursive: true);

        ClaudeProcess Start(LaunchFlags flags, ClaudeProfile profile)
        {
            started.Add(ClaudeProcess.Start(program, flags, profile, folder, Environment.GetEnvironmentVariable));
            return started[^1];
        }
    }
}
