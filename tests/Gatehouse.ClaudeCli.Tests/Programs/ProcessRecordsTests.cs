using System.Diagnostics;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Programs;

/// <summary>What a killed gateway leaves running is ended by the next, and nothing else is.</summary>
public sealed class ProcessRecordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-records-").FullName;
    private readonly List<Process> _started = [];

    [Fact]
    public async Task A_process_that_was_left_running_is_ended_with_its_group()
    {
        var left = Start();
        new ProcessRecords(_folder).Add(left.Id, "sleep");
        new ProcessRecords(_folder).EndOrphans().ShouldBe(0, "its gateway lives");
        left.HasExited.ShouldBeFalse();
        LeaveAlone();
        new ProcessRecords(_folder).EndOrphans().ShouldBe(1);
        await StandinStage.ShouldEndAsync(left.Id);
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("another start")]
    [InlineData("another program")]
    [InlineData("torn")]
    public void A_stranger_with_the_same_id_is_left_alone(string difference)
    {
        var stranger = Start();
        new ProcessRecords(_folder).Add(stranger.Id, difference == "another program" ? "/opt/claude" : "sleep");
        LeaveAlone();
        var file = Directory.EnumerateFiles(_folder).Single();
        var text = File.ReadAllText(file);
        if (difference == "another start") File.WriteAllText(file, "1" + text);
        else if (difference == "torn") File.WriteAllText(file, text[..10]);
        new ProcessRecords(_folder).EndOrphans().ShouldBe(0);
        stranger.HasExited.ShouldBeFalse();
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_record_is_left_where_it_is()
    {
        File.WriteAllText(Path.Combine(_folder, "note"), "");
        new ProcessRecords(_folder).EndOrphans().ShouldBe(0);
        new ProcessRecords(Path.Combine(_folder, "nowhere")).EndOrphans().ShouldBe(0);
        Directory.EnumerateFiles(_folder).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_process_that_is_gone_is_nobody() => Should.NotThrow(() =>
    {
        using var gone = Process.Start("true");
        gone.WaitForExit(10_000).ShouldBeTrue();
        File.WriteAllText(Path.Combine(_folder, $"{gone.Id}"), "boot 1\ngone\ntrue");
        new ProcessRecords(_folder).EndOrphans().ShouldBe(0);
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    });

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // As if the gateway that wrote the one record had been killed.
    private void LeaveAlone()
    {
        var file = Directory.EnumerateFiles(_folder).Single();
        var lines = File.ReadAllLines(file);
        File.WriteAllText(file, $"{lines[0]}\n{lines[1]}0\n{lines[2]}");
    }

    // A leader of a group of its own, as every process of the program is.
    private Process Start()
    {
        var process = Process.Start("setsid", ["sleep", "300"]);
        _started.Add(process);
        SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{process.Id}/cmdline").StartsWith("sleep", StringComparison.Ordinal), TimeSpan.FromSeconds(10)).ShouldBeTrue();
        return process;
    }
}
