using System.Runtime.Versioning;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Tests.Integrations;

/// <summary>What happens when a setup follows another, with a person in between: one restore takes everything back.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReapplyTests : IDisposable
{
    private readonly FixtureRun _claude = new("claude-code", "own-things");
    private readonly FixtureRun _codex = new("codex", "unknown-model");

    [Fact]
    public async Task Models_of_an_earlier_setup_do_not_stay_behind_when_the_next_one_sets_none()
    {
        var before = _claude.Now();
        await ApplyAsync(_claude, _claude.Setup with { Model = new ModelChoice("qwen3", 32_000), FastModel = new ModelChoice("small") });
        Text(_claude).ShouldContain("CLAUDE_CODE_AUTO_COMPACT_WINDOW");
        await ApplyAsync(_claude, _claude.Setup);
        Text(_claude).ShouldNotContain("qwen3");
        Text(_claude).ShouldNotContain("CLAUDE_CODE_AUTO_COMPACT_WINDOW");
        await RestoreAsync(_claude);
        _claude.Now().ShouldBe(before);
    }

    [Fact]
    public async Task A_token_file_and_a_catalogue_that_are_not_wanted_any_more_are_deleted()
    {
        var before = Snapshot.Of(_codex.Home);
        var folder = Path.GetDirectoryName(_codex.Path)!;
        await ApplyAsync(_codex, _codex.Setup);
        File.Exists(Path.Combine(folder, "gatehouse-models.json")).ShouldBeTrue();
        File.GetUnixFileMode(Path.Combine(folder, "gatehouse-token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ApplyAsync(_codex, _codex.Setup with { Model = new ModelChoice("gpt-5.5"), FastModel = null, Credential = CredentialPlace.Environment });
        Directory.GetFiles(folder, "gatehouse-*").ShouldBeEmpty();
        Text(_codex).ShouldNotContain("model_catalog_json");
        Text(_codex).ShouldContain("env_key = \"GATEHOUSE_TOKEN\"");
        await RestoreAsync(_codex);
        Snapshot.WithoutBackups(_codex.Home).ShouldBe(before);
    }

    [Fact]
    public async Task A_value_that_a_person_set_between_two_setups_is_the_one_that_comes_back()
    {
        await ApplyAsync(_claude, _claude.Setup);
        File.WriteAllText(_claude.Path, Text(_claude).Replace("http://127.0.0.1:8484", "https://mine.example", StringComparison.Ordinal));
        await ApplyAsync(_claude, _claude.Setup);
        Text(_claude).ShouldContain("http://127.0.0.1:8484");
        await RestoreAsync(_claude);
        Text(_claude).ShouldContain("https://mine.example");
        Text(_claude).ShouldNotContain("ANTHROPIC_AUTH_TOKEN");
    }

    [Fact]
    public async Task A_key_that_a_person_adds_and_a_setup_takes_out_comes_back()
    {
        await ApplyAsync(_claude, _claude.Setup);
        var added = Text(_claude).Replace("\"MY_FLAG\": \"1\",", "\"MY_FLAG\": \"1\",\n    \"ANTHROPIC_API_KEY\": \"sk-later-1234\",", StringComparison.Ordinal);
        File.WriteAllText(_claude.Path, added);
        await ApplyAsync(_claude, _claude.Setup);
        Text(_claude).ShouldNotContain("ANTHROPIC_API_KEY");
        await RestoreAsync(_claude);
        Text(_claude).ShouldContain("\"ANTHROPIC_API_KEY\": \"sk-later-1234\"");
    }

    [Fact]
    public async Task Another_token_of_ours_in_the_place_of_the_first_is_ours_too()
    {
        var before = _claude.Now();
        await ApplyAsync(_claude, _claude.Setup);
        File.WriteAllText(_claude.Path, Text(_claude).Replace(FixtureRun.Token, FixtureRun.Token[..^4] + "zzzz", StringComparison.Ordinal));
        await RestoreAsync(_claude);
        _claude.Now().ShouldBe(before);
    }

    [Fact]
    public async Task A_file_changed_between_plan_and_commit_is_not_written()
    {
        var plan = _claude.Integrator.PlanApply(_claude.Client, _claude.Setup, _claude.Path);
        File.AppendAllText(_claude.Path, "\n");
        var changed = _claude.Now();
        (await _claude.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken)).Refusal!.ShouldContain("changed by somebody else");
        _claude.Now().ShouldBe(changed);
        _claude.Integrator.IsApplied(_claude.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Our_file_that_somebody_changed_is_left_and_told()
    {
        await ApplyAsync(_codex, _codex.Setup);
        var token = Path.Combine(Path.GetDirectoryName(_codex.Path)!, "gatehouse-token");
        File.WriteAllText(token, "another");
        var plan = _codex.Integrator.PlanRestore(_codex.Client, _codex.Path, all: false);
        plan.LeftAlone.ShouldContain(left => left.Contains("gatehouse-token: it was changed since", StringComparison.Ordinal));
        (await _codex.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
        File.ReadAllText(token).ShouldBe("another");
    }

    [Fact]
    public async Task A_mended_key_is_taken_back_with_the_rest()
    {
        var before = _claude.Now();
        var plan = _claude.Integrator.PlanMend(_claude.Client, _claude.Path, new SettingChange("env.ENABLE_TOOL_SEARCH", "true"), new SettingChange("env.MY_FLAG", null));
        (await _claude.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
        Text(_claude).ShouldContain("ENABLE_TOOL_SEARCH");
        Text(_claude).ShouldNotContain("MY_FLAG");
        await RestoreAsync(_claude);
        _claude.Now().ShouldBe(before);
    }

    [Fact]
    public async Task Settings_that_are_gone_are_told_and_our_files_beside_them_go()
    {
        await ApplyAsync(_codex, _codex.Setup);
        File.Delete(_codex.Path);
        await RestoreAsync(_codex, "it is gone already");
        Directory.GetFiles(Path.GetDirectoryName(_codex.Path)!, "gatehouse-*").ShouldBeEmpty();
        _codex.Integrator.PlanRestore(_codex.Client, _codex.Path, all: false).Refusal!.ShouldContain("nothing to take back");
    }

    [Fact]
    public async Task A_damaged_note_refuses_instead_of_guessing()
    {
        await ApplyAsync(_claude, _claude.Setup);
        foreach (var note in Directory.GetFiles(Path.Combine(_claude.At.StateHome, "gatehouse", "clients", "records"))) File.WriteAllText(note, "{");
        var written = _claude.Now();
        _claude.Integrator.PlanRestore(_claude.Client, _claude.Path, all: false).Refusal!.ShouldContain("is damaged");
        _claude.Integrator.PlanApply(_claude.Client, _claude.Setup, _claude.Path).Refusal!.ShouldContain("is damaged");
        _claude.Now().ShouldBe(written);
    }

    public void Dispose()
    {
        _claude.Dispose();
        _codex.Dispose();
    }

    private static string Text(FixtureRun run) => File.ReadAllText(run.Path);

    private static async Task ApplyAsync(FixtureRun run, ClientSetup setup)
    {
        var plan = run.Integrator.PlanApply(run.Client, setup, run.Path);
        plan.Refusal.ShouldBeNull();
        (await run.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
        run.Integrator.PlanApply(run.Client, setup, run.Path).IsNeeded.ShouldBeFalse();
    }

    private static async Task RestoreAsync(FixtureRun run, string? left = null)
    {
        var plan = run.Integrator.PlanRestore(run.Client, run.Path, all: false);
        plan.Refusal.ShouldBeNull();
        if (left is null) plan.LeftAlone.ShouldBeEmpty();
        else plan.LeftAlone.ShouldHaveSingleItem().ShouldContain(left);
        (await run.Integrator.CommitAsync(plan, TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
    }
}
