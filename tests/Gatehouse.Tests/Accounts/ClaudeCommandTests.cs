using System.Runtime.Versioning;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Checks;
using Gatehouse.Tests.Doctor;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Accounts;

/// <summary>What people do about the accounts of the claude program: log in, and look what ails them. The program is a script that says what it was started with.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClaudeCommandTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task Login_is_the_programs_own_in_the_accounts_folder_without_any_key_and_its_exit_code_is_passed_on()
    {
        var program = Program("echo \"$@\"; echo \"folder $CLAUDE_CONFIG_DIR\"; env; exit 7");
        var folder = Path.Combine(_home.DataDirectory, "mine");
        var config = Configure(program, $$"""{ "mine": { "configFolder": "{{folder}}", "baseUrl": "http://127.0.0.1:9" }, "key": { "apiKeyEnv": "K" } }""");
        var ran = await Gate.RunAsync(_home, ["claude", "login", "--profile", "MINE", "--config", config], "", ("K", "sk-canary"), ("ANTHROPIC_API_KEY", "sk-canary"));
        ran.ExitCode.ShouldBe(7, ran.ToString());
        ran.Output.Split('\n')[..2].ShouldBe(["auth login", $"folder {folder}"]);
        ran.Output.ShouldNotContain("canary");
        ran.Output.ShouldNotContain("ANTHROPIC_BASE_URL");
        // Nothing is written there but by the program.
        Directory.GetFileSystemEntries(folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{ "a": {}, "b": {} }""", null, "a, b")]
    [InlineData("""{ "a": {}, "b": {} }""", "c", "no account 'c'")]
    [InlineData("""{ "a": { "apiKeyEnv": "K" } }""", "a", "given a key by the variable K")]
    [InlineData("""{ "a": { "oauthTokenEnv": "T" } }""", "a", "claude setup-token")]
    public async Task Where_there_is_no_login_to_make_it_is_said_why(string profiles, string? profile, string reason)
    {
        string[] named = profile is null ? [] : ["--profile", profile];
        var ran = await Gate.RunAsync(_home, ["claude", "login", .. named, "--config", Configure(Program("exit 0"), profiles)]);
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain(reason);
    }

    [Fact]
    public async Task Without_such_a_provider_or_program_it_is_said_what_to_do()
    {
        (await Gate.RunAsync(_home, ["claude", "login", "--config", _home.Write("none.json", "{}")])).Error.ShouldContain("No provider");
        (await Gate.RunAsync(_home, ["claude", "login", "--config", Configure("no-such-claude", "{}")])).Error.ShouldContain("npm install");
    }

    [Theory]
    [InlineData("case $1 in --version) echo 2.1.400;; *) echo '{\"loggedIn\":true,\"authMethod\":\"claude.ai\"}';; esac", "ok", "logged in by claude.ai")]
    [InlineData("case $1 in --version) echo 2.1.400;; *) echo '{\"loggedIn\":false}'; exit 1;; esac", "failed", "not logged in")]
    [InlineData("case $1 in --version) echo 1.0.9;; *) echo '{\"loggedIn\":true}';; esac", "failed", "version 1.0.9")]
    [InlineData("exit 3", "warning", "could not be asked")]
    [InlineData(null, "failed", "is not there")]
    public async Task The_doctor_asks_the_program_itself_where_no_server_runs(string? script, string outcome, string evidence)
    {
        var scene = SceneSetter.Of(_home, Configuration(script is null ? "no-such-claude" : Program(script), "{}"), ("PATH", "/usr/bin:/bin"));
        var result = (await new ClaudeProgramCheck().RunAsync(scene, CancellationToken.None)).ShouldHaveSingleItem();
        result.Word.ShouldBe(outcome, result.Evidence);
        result.Evidence.ShouldContain(evidence);
        if (outcome is "failed") result.Suggestion.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task The_doctor_takes_the_servers_word_where_one_runs_and_warns_of_one_account_among_several()
    {
        const string health = """
            { "status": "ok", "providers": [ { "name": "p", "state": "ok", "key_from": null, "consecutive_faults": 0, "program": { "status": "degraded", "mode": "client-tools", "version": "2.1.329",
              "profiles": [ { "name": "a", "status": "healthy", "auth": { "loggedIn": true, "method": "oauth_token" }, "windows": [] },
                            { "name": "b", "status": "unhealthy", "auth": { "loggedIn": false }, "error": "The program is not logged in. Log in again.", "windows": [] },
                            { "name": "c", "status": "degraded", "auth": { "loggedIn": true }, "exhausted_until": "2026-11-21T13:00:00Z", "windows": [] } ] } } ] }
            """;
        var scene = SceneSetter.Of(_home, Configuration("no-such-claude", "{}")) with { Server = SceneSetter.Serving(health) };
        var results = await new ClaudeProgramCheck().RunAsync(scene, CancellationToken.None);
        results.Select(one => (one.Subject, one.Outcome)).ShouldBe([("p/a", CheckOutcome.Ok), ("p/b", CheckOutcome.Warning), ("p/c", CheckOutcome.Warning)]);
        results[1].Suggestion.ShouldBe("Log in again.");
        results[2].Evidence.ShouldContain("used up until");
    }

    public void Dispose() => _home.Dispose();

    private static string Configuration(string program, string profiles) => $$"""{ "providers": { "p": { "program": { "path": "{{program}}", "profiles": {{profiles}} } } } }""";

    private string Configure(string program, string profiles) => _home.Write("gatehouse.json", Configuration(program, profiles));

    private string Program(string script)
    {
        var file = _home.Write("claude", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }
}
