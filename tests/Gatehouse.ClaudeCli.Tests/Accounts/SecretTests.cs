using Gatehouse.ClaudeCli.Tests.Standins;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.ClaudeCli.Tests.Accounts;

/// <summary>An account's key and token reach that account's processes by their environment, and nothing and nobody else.</summary>
public sealed class SecretTests
{
    private const string Key = "sk-canary-key-51c9";
    private const string Token = "sk-ant-oat01-canary-token-77aa";

    [Fact]
    public async Task No_secret_reaches_the_log_an_error_an_argument_or_another_accounts_process()
    {
        var variables = new Dictionary<string, string> { ["KEY_OF_ACCOUNT"] = Key, ["TOKEN_OF_ACCOUNT"] = Token, ["ANTHROPIC_API_KEY"] = "sk-of-the-gateway" };
        string work = "";
        await using var stage = await StandinStage.StartAsync(
            settings =>
            {
                work = settings.WorkingFolder!;
                return settings with
                {
                    Profiles = [new ProgramProfile("key", null, "KEY_OF_ACCOUNT", null, null), new ProgramProfile("token", null, null, "TOKEN_OF_ACCOUNT", null), new ProgramProfile("own", null, null, null, null)],
                };
            },
            variables);
        var said = new List<string>();
        var started = new Dictionary<string, string>();
        foreach (var profile in new[] { "key", "token", "own" })
        {
            foreach (var text in new[] { "hello", "[quote]", "[fail 401]", "[limit five_hour 1 rejected]" })
            {
                var answer = await stage.AskAsync([StandinStage.User(text)], Guid.NewGuid().ToString(), profile: profile);
                said.Add(answer.Body + string.Join(',', answer.Headers) + answer.Broke);
            }

            var files = Directory.GetFiles(work, "started-*");
            started[profile] = string.Concat(files.Select(File.ReadAllText));
            foreach (var file in files)
            {
                // The first line is what it was started with.
                File.ReadLines(file).First().ShouldNotContain("canary");
                File.Delete(file);
            }
        }

        started["key"].ShouldContain($"ANTHROPIC_API_KEY={Key}");
        started["key"].ShouldNotContain(Token);
        started["token"].ShouldContain($"CLAUDE_CODE_OAUTH_TOKEN={Token}");
        started["token"].ShouldNotContain(Key);
        started["own"].ShouldNotContain("canary");
        foreach (var environment in started.Values) environment.ShouldNotContain("sk-of-the-gateway");
        // With a key or token of its own an account does not see what the machine is logged in with.
        started["key"].ShouldContain("CLAUDE_CONFIG_DIR=");
        started["own"].ShouldNotContain("CLAUDE_CONFIG_DIR=");
        said.ShouldContain(one => one.Contains("[secret]", StringComparison.Ordinal), "the stand-in quoted what it was given");
        foreach (var text in said.Concat(stage.Logging.Lines).Append(string.Join(',', stage.Provider.Report("p").Accounts))) text.ShouldNotContain("canary");
        stage.Logging.Lines.Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task What_happens_to_processes_and_conversations_is_logged_without_a_word_of_them()
    {
        await using (var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 }))
        {
            var first = await stage.AskAsync([StandinStage.User("whisper")], "s");
            var asked = await stage.AskAsync([StandinStage.User("whisper"), first.Message, StandinStage.User("[call a]")], "s");
            await stage.AskAsync([StandinStage.User("whisper"), first.Message, StandinStage.User("[call a]"), asked.Message, StandinStage.Results(asked.Calls)], "s");
            await stage.AskAsync([StandinStage.User("whisper"), first.Message, StandinStage.User("another")], "s");
            await stage.AskAsync([StandinStage.User("[die]")], "t");
            var (running, waiting) = (await stage.BeginAsync([StandinStage.User("[stubborn]")], "u"), stage.BeginAsync([StandinStage.User("next")], "v"));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (stage.Provider.Report("p").Waiting == 0) await Task.Delay(5, limit.Token);
            stage.Clock.Pass(TimeSpan.FromMilliseconds(1500));
            await running.DisposeAsync();
            await using (var next = await waiting) await StandinStage.ReadAsync(next);

            var lines = stage.Logging.Lines;
            foreach (var name in new[] { "started", "continued", "held", "fed", "crashed", "killed", "ended", "queued" })
                lines.ShouldContain(line => line.StartsWith($"claude.{name}: provider p", StringComparison.Ordinal), name);
            lines.ShouldContain("claude.queued: provider p waited 1500 ms, 0 still wait");
            foreach (var line in lines) line.ShouldNotContain("whisper");
            foreach (var line in lines) line.ShouldNotContain("went down", customMessage: "what a process says on standard error stays out of the log");
        }
    }
}
