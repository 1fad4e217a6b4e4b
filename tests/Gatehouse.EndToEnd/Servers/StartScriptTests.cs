using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Servers;

/// <summary>The root script <c>./gatehouse</c>.</summary>
public class StartScriptTests
{
    [Fact]
    public async Task It_builds_and_runs_the_program_from_any_folder_and_without_a_home()
    {
        using var folder = new TestFolder();
        // The first start builds, on a machine that is busy with other tests.
        await using var first =
            GuardedProcess.Start([Path.Combine(RepositoryPaths.Root, "gatehouse"), "--version"], Homeless(folder), folder.Path);
        (await first.WaitAsync(TimeSpan.FromMinutes(5))).ShouldBe(0, first.Story);
        first.Output.ShouldMatch(@"^\d+\.\d+\.\d+", "standard output is the program's alone");

        await using var second =
            GuardedProcess.Start([Path.Combine(RepositoryPaths.Root, "gatehouse"), "no-such-command"], Homeless(folder), "/");
        (await second.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(2, second.Story);
        second.Errors.ShouldNotContain("building");
    }

    private static Dictionary<string, string> Homeless(TestFolder folder)
    {
        var environment = folder.Environment();
        // Packages that are on this machine need not be fetched again.
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
            && Directory.Exists(Path.Combine(home, ".nuget", "packages")))
            environment["NUGET_PACKAGES"] = Path.Combine(home, ".nuget", "packages");
        environment.Remove("HOME");
        return environment;
    }
}
