using System.Runtime.Versioning;
using Gatehouse.EndToEnd.Integrations;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Runs;

/// <summary>The agents under <c>run</c> with credentials of a user's own, for a project and for themselves, and with the vendor's own login.</summary>
[SupportedOSPlatform("linux")]
public class OwnCredentialTests(OwnHostStage stage) : IClassFixture<OwnHostStage>
{
    private const string Key = "key-of-the-users-own-4711";
    private const string ProjectKey = "key-of-the-project-4712";

    [Theory]
    [InlineData("claude-code", "anthropic-compatible", "", "claude-sonnet-4-5", "-p")]
    [InlineData("claude-code", "openai-compatible", "/v1", "claude-sonnet-4-5", "-p")]
    [InlineData("codex", "openai-compatible", "/v1", "gpt-5.5", "exec --ephemeral --skip-git-repo-check -")]
    [InlineData("opencode", "openai-compatible", "/v1", "qwen3", "run")]
    public async Task A_users_key_serves_and_a_projects_goes_before_it_and_the_agent_sees_neither(string harness, string kind, string path, string model, string asking)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = new ClientRun(stage);
        var name = $"p{Guid.NewGuid():N}";
        await home.GatehouseAsync($"user add {name}");
        await home.GatehouseAsync($"project add {name} --user {name}");
        await home.GatehouseAsync($"workspace add {name} --project {name} --user {name}");
        var host = $"{stage.Upstream.ToString().TrimEnd('/')}{path}";
        string[] free = ["run", harness, "--workspace", name, "--base-url", tee.Address.ToString(), "--"];

        // Nothing is attached, and the platform's keys are not switched on.
        var refused = await home.StartAsync("", [.. free, .. asking.Split(' ')]);
        refused.Code.ShouldBe(1, refused.Story);
        refused.Story.ShouldContain("No credential is attached");

        foreach (var (secret, place) in new[] { (Key, $"--user {name}"), (ProjectKey, $"--project {name}") })
        {
            var added = await home.StartAsync(secret, $"credential add --for {harness} --kind {kind} --base-url {host} --model {model} {place}".Split(' '));
            added.Code.ShouldBe(0, added.Story);
            var marker = $"own-{Guid.NewGuid():N}";
            var run = await home.StartAsync($"Answer this: {marker}", [.. free, .. asking.Split(' ')]);
            run.Code.ShouldBe(0, run.Story);
            run.Output.ShouldContain(marker);
            var carried = await stage.UnlikeAsync(tee, marker);
            carried.ShouldNotBeEmpty();
            foreach (var one in carried)
            {
                (one.Received.Header("authorization") ?? one.Received.Header("x-api-key"))!.ShouldEndWith(secret);
                one.Received.Text.ShouldNotContain(name);
                one.Row.CredentialSource.ShouldBe(place.StartsWith("--user", StringComparison.Ordinal) ? "user-attachment" : "project-attachment");
            }
        }

        foreach (var call in tee.Calls) call.Sent.Headers.ShouldAllBe(header => !header.Value.Contains("key-of-the"));
    }

    [Fact]
    public async Task Codex_finds_the_login_that_was_imported_as_its_own_and_the_gateway_sees_nothing_of_it()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = new ClientRun(stage);
        var name = $"c{Guid.NewGuid():N}";
        await home.GatehouseAsync($"user add {name}");
        await home.GatehouseAsync($"project add {name} --user {name}");
        await home.GatehouseAsync($"workspace add {name} --project {name} --user {name}");
        // Made up, with the shape of the vendor's: an id token without a signature that names an account.
        var claims = Convert.ToBase64String("{\"email\":\"a@b.example\",\"exp\":4102444800,\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"acct\",\"chatgpt_plan_type\":\"plus\"}}"u8).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var jwt = $"eyJhbGciOiJub25lIn0.{claims}.c2ln";
        var login = $$"""{"OPENAI_API_KEY":null,"tokens":{"id_token":"{{jwt}}","access_token":"{{jwt}}","refresh_token":"rt-secret","account_id":"acct"},"last_refresh":"2099-01-01T00:00:00Z"}""";
        var imported = await home.StartAsync(login, "credential", "import", "codex", "--source", "-", "--project", name);
        imported.Code.ShouldBe(0, imported.Story);
        var run = await home.StartAsync("", "run", "codex", "--workspace", name, "--base-url", tee.Address.ToString(), "--", "login", "status");
        run.Code.ShouldBe(0, run.Story);
        run.Story.ShouldContain("ChatGPT");
        // Only run itself asked, whether the server answers and whether it knows the run's token.
        tee.Calls.ShouldAllBe(call => call.Sent.Target == "/health" || call.Sent.Target == "/api/v1/me");
        File.Exists(home.At(".codex/auth.json")).ShouldBeFalse();
        Directory.EnumerateFileSystemEntries(home.At(".local/state/gatehouse/runs")).ShouldBeEmpty();
    }
}

/// <summary>The stage with the simulated provider opened as a host of users' own.</summary>
public sealed class OwnHostStage : Stage
{
    /// <inheritdoc/>
    protected override string Configuration => $$"""
        "workspaces": { "privateHosts": [ "{{Upstream.Authority}}" ] },
        """;
}
