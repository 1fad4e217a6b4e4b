using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

public sealed class DoctorCommandTests
{
    [Fact]
    public async Task With_nothing_installed_it_fails_makes_nothing_and_says_how_to_begin()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "doctor");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Output.ShouldContain("gatehouse serve");
        Directory.EnumerateFileSystemEntries(home.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_running_gateway_with_a_provider_is_well()
    {
        using var home = new TemporaryHome();
        await using var served = await Served.StartAsync(home);
        var ran = await Gate.RunAsync(home, "doctor --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Json.GetProperty("ok").GetBoolean().ShouldBeTrue();
        ran.Json.GetProperty("data").GetProperty("checks").EnumerateArray().ShouldAllBe(check => check.GetProperty("result").GetString() != "failed");
        ran.Output.ShouldNotContain(served.Token);
        (await Gate.RunAsync(home, "doctor")).Error.ShouldContain("All is well.");
    }

    [Fact]
    public async Task Fix_shows_what_it_changes_mends_it_and_looks_again()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "token create")).ExitCode.ShouldBe(0);
        Modes.Set(home.KeyFile, Modes.Of(home.KeyFile) | UnixFileMode.GroupRead);
        var before = File.ReadAllBytes(home.KeyFile);
        var found = await Gate.RunAsync(home, "doctor --json");
        found.Json.GetProperty("errors").EnumerateArray().ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("file-modes: ", StringComparison.Ordinal));
        found.Json.GetProperty("data").GetProperty("repairs").GetArrayLength().ShouldBe(0, "nothing is changed unasked");
        (Modes.Of(home.KeyFile) & UnixFileMode.GroupRead).ShouldNotBe(UnixFileMode.None);

        var ran = await Gate.RunAsync(home, "doctor --fix");
        ran.ExitCode.ShouldBe(1, "no server runs");
        ran.Output.ShouldContain($"mode of {home.KeyFile}: 0640 → 0600");
        File.ReadAllBytes(home.KeyFile).ShouldBe(before);
        var again = await Gate.RunAsync(home, "doctor --fix --json");
        again.Json.GetProperty("data").GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("id").GetString() == "file-modes").GetProperty("result").GetString().ShouldBe("ok");
        again.Json.GetProperty("data").GetProperty("repairs").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("database", "not a database at all")]
    [InlineData("master-key", null)]
    public async Task What_keeps_other_commands_from_working_is_a_finding_here(string check, string? database)
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "token create")).ExitCode.ShouldBe(0);
        if (database is null) File.Delete(home.KeyFile);
        else File.WriteAllText(home.Database, database);
        var ran = await Gate.RunAsync(home, "doctor --json");
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Json.GetProperty("data").GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("id").GetString() == check).GetProperty("result").GetString().ShouldBe("failed");
    }
}
