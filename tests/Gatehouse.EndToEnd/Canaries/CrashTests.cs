using Gatehouse.EndToEnd.Processes;

namespace Gatehouse.EndToEnd.Canaries;

/// <summary>
/// The real program is made to fail in the ways in which programs do, at its most talkative, and no secret comes to light in its last words
/// or
/// in what it leaves behind.
/// </summary>
public class CrashTests
{
    [Theory]
    [InlineData("KILL", 137)]
    [InlineData("ABRT", 134)]
    [InlineData("SEGV", 139)]
    public async Task A_signal_that_ends_it(string signal, int code)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using var server = await installation.ServeAsync(["--verbose"], [("GATEHOUSE_DEBUG", "1")]);
        await server.CallAsync(server.Token);
        (await server.SignalAsync(signal)).ShouldBe(code, server.Story);
        ShouldHaveKept(installation);
    }

    [Fact]
    public async Task Memory_that_runs_out()
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using var server =
            await installation.ServeAsync(["--verbose"], [("GATEHOUSE_DEBUG", "1"), ("DOTNET_GCHeapHardLimit", "0x1800000")]);
        var body = $$"""{"model":"gpt-5.5","messages":[{"role":"user","content":"{{installation.Prompt}}{{new string('x', 9_000_000)}}"}]}""";
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.SendAsync("v1/chat/completions", body, server.Token)));
        await server.SignalAsync("KILL");
        server.Errors.ShouldContain("OutOfMemoryException");
        ShouldHaveKept(installation);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(140)]
    public async Task Files_that_run_out(int handles)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        var run = await installation.RunAsync(
            ["serve", "--verbose", "--listen", "http://127.0.0.1:0"], environment: [("GATEHOUSE_DEBUG", "1")],
            around: ["prlimit", $"--nofile={handles}"]);
        run.Code.ShouldNotBe(0, run.Story);
        ShouldHaveKept(installation);
    }

    [Fact]
    public async Task A_data_directory_that_goes_away()
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using var server = await installation.ServeAsync(["--verbose"], [("GATEHOUSE_DEBUG", "1")]);
        await server.CallAsync(server.Token);
        Directory.Delete(installation.DataDirectory, recursive: true);
        await server.CallAsync(server.Token);
        await server.SignalAsync("TERM");
        ShouldHaveKept(installation);
    }

    [Theory]
    [InlineData("gatehouse.db", "overwritten")]
    [InlineData("gatehouse.db", "replaced by folders")]
    [InlineData("journal", "overwritten")]
    public async Task Files_that_are_damaged(string name, string damage)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using (var server = await installation.ServeAsync())
        {
            await server.CallAsync(server.Token);
            await server.SignalAsync("KILL");
        }
        installation.TakeFiles();
        var files = Directory.GetFiles(installation.DataDirectory, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(file => file.Contains($"/{name}", StringComparison.Ordinal)))
        {
            File.Delete(file);
            if (damage == "overwritten") await File.WriteAllTextAsync(file, new string('?', 50_000));
            else Directory.CreateDirectory(file);
        }
        await using var again = await installation.ServeAsync(["--verbose"], [("GATEHOUSE_DEBUG", "1")]);
        if (again.Serves) await again.SignalAsync("TERM");
        else (await again.EndAsync()).ShouldBe(1, again.Story);
        foreach (var command in (string[])["usage", "token list", "credential list", "status"])
            await installation.RunAsync(command.Split(' '), environment: [("GATEHOUSE_DEBUG", "1")]);
        installation.ShouldHaveKeptItsSecrets();
    }

    [Theory]
    [InlineData("serve", "--listen", "http://127.0.0.1:0")]
    [InlineData("token", "create", "--json")]
    [InlineData("token", "create")]
    [InlineData("status", "--json")]
    public async Task An_output_that_takes_nothing_more(params string[] command)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        string[] intoFull = ["/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh"];
        var run = await installation.RunAsync(command, environment: [("GATEHOUSE_DEBUG", "1")], around: intoFull);
        run.Code.ShouldBe(1, run.Story);
        run.Story.ShouldContain("No space left on device");
        ShouldHaveKept(installation);
    }

    [Fact]
    public async Task A_port_that_is_taken()
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using var server = await installation.ServeAsync();
        using var elsewhere = new TestFolder();
        string[] second = ["serve", "--listen", server.Address.ToString(), "--data-dir", elsewhere.Folder("data")];
        var run = await installation.RunAsync(second, environment: [("GATEHOUSE_DEBUG", "1")]);
        run.Code.ShouldNotBe(0, run.Story);
        await server.SignalAsync("TERM");
        ShouldHaveKept(installation);
    }

    [Theory]
    [InlineData("canary-not-a-master-key")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task Another_master_key(string key)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        foreach (var command in (string[])["serve", "token list", "credential list", "token create"])
        {
            var run = await installation.RunAsync(
                command.Split(' '), environment: [("GATEHOUSE_MASTER_KEY", key), ("GATEHOUSE_DEBUG", "1")]);
            run.Code.ShouldBe(1, run.Story);
            run.Story.ShouldNotContain(key);
        }
        ShouldHaveKept(installation);
    }

    private static void ShouldHaveKept(PlantedInstallation installation)
    {
        installation.TakeFiles();
        installation.ShouldHaveKeptItsSecrets();
    }
}
