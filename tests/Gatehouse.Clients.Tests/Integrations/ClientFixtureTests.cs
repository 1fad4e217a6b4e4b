using System.Runtime.Versioning;
using System.Text;
using Gatehouse.Clients.Integrations;

namespace Gatehouse.Clients.Tests.Integrations;

/// <summary>Every client's cases: what is written, that it is written once, and that it is taken back to the byte.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClientFixtureTests
{
    private const int FewestCases = 25;
    private static readonly bool _write = Environment.GetEnvironmentVariable("GATEHOUSE_WRITE_GOLDENS") == "1";

    public static TheoryData<string, string> Cases => ClientFixture.All();

    [Fact]
    public void Every_client_that_is_written_has_its_cases()
    {
        foreach (var client in ClientCatalog.All.Where(client => client.Support == ClientSupport.Applied))
            Directory.GetFiles(Path.Combine(ClientFixture.Folder, client.Id)).Length.ShouldBeGreaterThanOrEqualTo(FewestCases, client.Id);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Apply_writes_what_is_wanted_and_nothing_else_and_restore_takes_it_back(string client, string name)
    {
        using var run = new FixtureRun(client, name);
        var before = Snapshot.Of(run.Home);
        var mode = File.Exists(run.Path) ? File.GetUnixFileMode(run.Path) : (UnixFileMode?)null;
        var plan = run.Integrator.PlanApply(run.Client, run.Setup, run.Path);
        if (run.Fixture.Head("refused") is { } refused)
        {
            await ShouldBeRefusedAsync(run, plan, refused, before);
            return;
        }

        plan.Refusal.ShouldBeNull();
        foreach (var warning in run.Fixture.Heads("warns")) plan.Warnings.ShouldContain(said => said.Contains(warning, StringComparison.Ordinal), string.Join('\n', plan.Warnings));
        foreach (var file in plan.Files) file.Diff.ShouldNotContain(run.Setup.Token);
        Snapshot.Of(run.Home).ShouldBe(before, "planning changes nothing");

        var done = await run.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken);
        done.Refusal.ShouldBeNull();
        ShouldBe(run, "after", run.Now());
        if (mode is not null && before[run.Path] != Snapshot.Of(run.Home)[run.Path]) done.Files[0].BackupPath.ShouldNotBeNull();
        run.Integrator.PlanApply(run.Client, run.Setup, run.Path).IsNeeded.ShouldBeFalse("a second apply has nothing to do");

        if (run.Fixture.Bytes("meanwhile", run.Home) is { } meanwhile) File.WriteAllBytes(run.Path, meanwhile);
        if (!plan.IsNeeded) return;
        var back = run.Integrator.PlanRestore(run.Client, run.Path, all: run.Fixture.Head("restore") == "all");
        back.Refusal.ShouldBeNull();
        foreach (var left in run.Fixture.Heads("left")) back.LeftAlone.ShouldContain(said => said.Contains(left, StringComparison.Ordinal), string.Join('\n', back.LeftAlone));
        if (run.Fixture.Head("left") is null) back.LeftAlone.ShouldBeEmpty();
        foreach (var file in back.Files) file.Diff.ShouldNotContain(run.Setup.Token);
        (await run.Integrator.CommitAsync(back, TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
        if (run.Fixture.Has("meanwhile") || run.Fixture.Has("restored"))
        {
            ShouldBe(run, "restored", run.Now());
            return;
        }

        if (mode is { } had) File.GetUnixFileMode(run.Path).ShouldBe(had, "who may read it is as it was");
        Snapshot.WithoutBackups(run.Home).ShouldBe(before, "everything is as it was, to the byte");
    }

    private static async Task ShouldBeRefusedAsync(FixtureRun run, IntegrationPlan plan, string refused, Snapshot before)
    {
        var reason = plan.Refusal ?? (await run.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken)).Refusal;
        reason.ShouldNotBeNull().ShouldContain(refused);
        Snapshot.WithoutBackups(run.Home).ShouldBe(before, "a refusal changes nothing");
    }

    private static void ShouldBe(FixtureRun run, string section, byte[]? found)
    {
        if (_write) run.Fixture.Rewrite(section, found, run.Home);
        var wanted = run.Fixture.Bytes(section, run.Home);
        if (wanted is null) found.ShouldBeNull($"{section}: the file is to be gone, but holds\n{Encoding.UTF8.GetString(found ?? [])}");
        else Encoding.UTF8.GetString(found.ShouldNotBeNull()).ShouldBe(Encoding.UTF8.GetString(wanted), section);
    }
}
