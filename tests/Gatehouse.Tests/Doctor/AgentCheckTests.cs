using Gatehouse.Clients.Setups;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Agents;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Doctor;

public sealed class AgentCheckTests
{
    private static readonly List<Check> _checks = [.. DoctorChecks.All.Where(check => check is AgentCheck or AgentsCheck or SubscriptionCheck)];

    public static TheoryData<AgentFault> Faults() => [.. AgentFaults.All];

    public static TheoryData<string> Agents() => ["claude-code", "codex", "opencode", "qwen-code"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_found_by_its_check_and_mended_without_changing_another_byte(AgentFault fault)
    {
        await using var stage = await SetAsync(fault);
        var before = stage.Files();
        var found = await DiagnoseAsync(stage);
        var diagnosis = found.FirstOrDefault(d => d.Check.Id == fault.Check && d.Result.Subject == fault.Agent && d.Result.Outcome is CheckOutcome.Failed or CheckOutcome.Warning)
            .ShouldNotBeNull(Told(found));
        diagnosis.Result.Outcome.ShouldBe(fault.Outcome, Told(found));
        diagnosis.Result.Evidence.ShouldContain(fault.Evidence, Case.Sensitive, Told(found));
        diagnosis.Result.Suggestion.ShouldNotBeNullOrEmpty();
        (diagnosis.Result.Repair is not null).ShouldBe(fault.IsMended, Told(found));
        if (fault.IsMended) diagnosis.Check.IsFixable.ShouldBeTrue();
        var told = Told(found);
        told.ShouldNotContain("canary");
        told.ShouldNotContain(stage.Good.Text.Reveal());
        told.ShouldNotContain(stage.Revoked.Text.Reveal());

        foreach (var repair in Diagnosis.Repairs(found))
        {
            var shown = repair.Describe();
            shown.ShouldStartWith("--- ");
            shown.ShouldNotContain("canary");
            shown.ShouldNotContain(stage.Good.Text.Reveal());
            (await repair.ApplyAsync(CancellationToken.None)).ShouldBeNull();
        }

        var after = stage.Files();
        var (file, text) = GoodSettings.Of(fault.Agent);
        var settings = Path.Combine(stage.Home.Path, file);
        var expected = fault.IsMended ? before.SetItem(settings, stage.Fill(Mended(fault, text))) : before;
        after.Keys.ShouldBe(expected.Keys);
        foreach (var (path, content) in expected) after[path].ShouldBe(content, path);
        if (!fault.IsMended) return;
        var again = await DiagnoseAsync(stage);
        again.Where(d => d.Check.Id == fault.Check && d.Result.Subject == fault.Agent).ShouldAllBe(d => d.Result.Outcome == CheckOutcome.Ok, Told(again));
        Directory.EnumerateFiles(Path.GetDirectoryName(settings)!, Path.GetFileName(settings) + ".backup.*").Count().ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task Good_settings_are_called_good_by_every_check(string agent)
    {
        await using var stage = await SetAsync(new AgentFault { Check = "", Name = "", Agent = agent, Evidence = "" });
        var found = await DiagnoseAsync(stage);
        found.ShouldAllBe(d => d.Result.Outcome == CheckOutcome.Ok || d.Result.Outcome == CheckOutcome.NotApplicable, Told(found));
        found.Count(d => d.Result.Subject == agent && d.Result.Outcome == CheckOutcome.Ok).ShouldBeGreaterThan(5, Told(found));
        Diagnosis.Repairs(found).ShouldBeEmpty();
    }

    [Fact]
    public async Task Agents_that_call_something_else_are_left_in_peace()
    {
        await using var stage = await AgentStage.SetAsync();
        stage.Put(GoodSettings.ClaudeFile, """{ "env": { "ANTHROPIC_BASE_URL": "https://proxy.example/v1", "ANTHROPIC_API_KEY": "sk-canary-1", "ANTHROPIC_AUTH_TOKEN": "x", "CLAUDE_CODE_USE_BEDROCK": "1" } }""");
        var found = await DiagnoseAsync(stage);
        found.ShouldAllBe(d => d.Result.Outcome != CheckOutcome.Failed && d.Result.Outcome != CheckOutcome.Warning, Told(found));
        Told(found).ShouldContain("calls https://proxy.example");
        Told(found).ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_token_in_a_file_that_others_can_read_is_found_and_closed()
    {
        await using var stage = await SetAsync(new AgentFault { Check = "", Name = "", Agent = "claude-code", Evidence = "" });
        stage.Put(GoodSettings.CodexFile, GoodSettings.Codex);
        stage.Put(".codex/token", "{TOKEN}\n");
        var files = new[] { GoodSettings.ClaudeFile, ".codex/token" }.Select(name => Path.Combine(stage.Home.Path, name)).ToList();
        foreach (var file in files) Modes.Set(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var before = stage.Files();
        var found = (await DiagnoseAsync(stage)).Where(d => d.Check.Id == "agent-file-modes").ToList();
        found.Count.ShouldBe(2);
        found.ShouldAllBe(d => d.Result.Outcome == CheckOutcome.Failed);
        foreach (var repair in Diagnosis.Repairs(found)) (await repair.ApplyAsync(CancellationToken.None)).ShouldBeNull();
        foreach (var file in files) Modes.Of(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        stage.Files().ShouldBe(before);
    }

    [Fact]
    public async Task Several_faults_of_one_file_are_shown_and_written_as_one()
    {
        await using var stage = await SetAsync(new AgentFault { Check = "", Name = "", Agent = "claude-code", Evidence = "", From = "127.0.0.1:8484\"", To = "127.0.0.1:8484/v1\",\n    \"CLAUDE_CODE_USE_VERTEX\": \"1\"" });
        var repairs = Diagnosis.Repairs(await DiagnoseAsync(stage));
        repairs.ShouldHaveSingleItem().Describe().ShouldContain("-    \"CLAUDE_CODE_USE_VERTEX\"");
        (await repairs[0].ApplyAsync(CancellationToken.None)).ShouldBeNull();
        File.ReadAllText(Path.Combine(stage.Home.Path, GoodSettings.ClaudeFile)).ShouldBe(stage.Fill(GoodSettings.Claude));
    }

    [Fact]
    public async Task A_login_that_renews_itself_has_not_ended()
    {
        await using var stage = await AgentStage.SetAsync();
        stage.Put(".claude/.credentials.json", """{ "claudeAiOauth": { "accessToken": "canary", "refreshToken": "canary", "expiresAt": 1600000000000 } }""");
        (await DiagnoseAsync(stage)).Single(d => d.Check.Id == "subscription").Result.Outcome.ShouldBe(CheckOutcome.Ok);
        stage.Put(".claude/.credentials.json", "not JSON");
        (await DiagnoseAsync(stage)).Single(d => d.Check.Id == "subscription").Result.Outcome.ShouldBe(CheckOutcome.Warning);
    }

    private static string Mended(AgentFault fault, string good) => (fault.Name, fault.Mended) switch
    {
        (_, null) => good,
        ("no address", { } end) => good[..good.IndexOf("\"ANTHROPIC_BASE_URL\"", StringComparison.Ordinal)] + end + good[(good.IndexOf("\"OTHER\": \"1\"", StringComparison.Ordinal) + 12)..],
        ("on where it can't be", _) => good.Replace("\"ENABLE_TOOL_SEARCH\": \"true\",\n    ", "", StringComparison.Ordinal).Replace(fault.From, fault.To, StringComparison.Ordinal),
        (_, { } mended) => good.Replace(fault.From + "\n", mended, StringComparison.Ordinal),
    };

    private static async Task<AgentStage> SetAsync(AgentFault fault)
    {
        var stage = await AgentStage.SetAsync();
        var (file, text) = GoodSettings.Of(fault.Agent);
        if (fault.From.Length > 0) text.ShouldContain(fault.From);
        var spoilt = fault.From.Length == 0 ? text : text.Replace(fault.From, fault.To, StringComparison.Ordinal);
        stage.Put(file, spoilt);
        if (fault.Agent == "codex") stage.Put(".codex/token", "{TOKEN}\n");
        foreach (var (path, content) in fault.Files) stage.Put(path, content);
        stage.Set("XDG_CONFIG_HOME", "{HOME}/config");
        foreach (var (name, value) in fault.Shell) stage.Set(name, value);
        return stage;
    }

    private static async Task<IReadOnlyList<Diagnosis>> DiagnoseAsync(AgentStage stage) => await Diagnosis.OfAsync(await stage.LookAsync(), _checks, CancellationToken.None);

    private static string Told(IEnumerable<Diagnosis> found) =>
        string.Join('\n', found.Select(d => $"{d.Check.Id} {d.Result.Subject} {d.Result.Word}: {d.Result.Evidence} → {d.Result.Suggestion}"));
}
