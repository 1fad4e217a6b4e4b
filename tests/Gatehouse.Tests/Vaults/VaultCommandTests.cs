using System.Net;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Vaults;

public sealed class VaultCommandTests
{
    private const string Canary = "sk-canary-9a8b7c6d5e4f30211203";

    [Fact]
    public async Task Keys_are_replaced_beside_a_running_server_which_goes_on_and_starts_again_with_them()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "credential add openai", Canary)).ExitCode.ShouldBe(0);
        string token;
        await using (var served = await Served.StartAsync(home))
        {
            token = served.Token;
            var before = File.ReadAllText(home.KeyFile);

            var rotated = await Gate.RunAsync(home, "vault rotate --reseal --json");

            rotated.ExitCode.ShouldBe(0, rotated.ToString());
            var data = rotated.Json.GetProperty("data");
            data.GetProperty("masterKey").GetString().ShouldBe(home.KeyFile);
            data.GetProperty("resealed").GetInt32().ShouldBe(1);
            data.GetProperty("unreadable").GetArrayLength().ShouldBe(0);
            File.ReadAllText(data.GetProperty("formerKeyFile").GetString()!).ShouldBe(before);
            File.ReadAllText(home.KeyFile).ShouldNotBe(before);
            (await served.AskAsync("hello")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await Gate.RunAsync(home, "status --json")).Json.GetProperty("ok").GetBoolean().ShouldBeTrue();
            (await served.StopAsync()).ShouldBe(0, served.Server.Error);
            served.Server.Error.ShouldNotContain("can't be opened");
        }

        await using var again = await Served.StartAsync(home);
        (await again.AskAsync("hello", token: token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.StopAsync()).ShouldBe(0, again.Server.Error);
        var listed = (await Gate.RunAsync(home, "credential list --json")).Json.GetProperty("data");
        listed.EnumerateArray().ShouldHaveSingleItem().GetProperty("opens").GetBoolean().ShouldBeTrue();
        home.FilesHolding(Canary).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_master_key_of_the_environment_needs_the_next_one_there_and_neither_is_shown()
    {
        using var home = new TemporaryHome();
        var (first, next) = (new string('1', 64), new string('2', 64));
        (await Gate.RunAsync(home, "credential add openai", Canary, ("GATEHOUSE_MASTER_KEY", first))).ExitCode.ShouldBe(0);

        var refused = await Gate.RunAsync(home, "vault rotate", "", ("GATEHOUSE_MASTER_KEY", first));
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("GATEHOUSE_NEXT_MASTER_KEY");
        var done = await Gate.RunAsync(home, "vault rotate", "", ("GATEHOUSE_MASTER_KEY", first), ("GATEHOUSE_NEXT_MASTER_KEY", next));
        done.ExitCode.ShouldBe(0, done.ToString());
        done.Output.ShouldContain("GATEHOUSE_MASTER_KEY");

        (await Gate.RunAsync(home, "credential list", "", ("GATEHOUSE_MASTER_KEY", first))).Error.ShouldContain("not the one");
        (await Gate.RunAsync(home, "credential list", "", ("GATEHOUSE_MASTER_KEY", next))).ExitCode.ShouldBe(0);
        foreach (var text in (string[])[refused.Error, done.Output, done.Error])
        {
            text.ShouldNotContain(first);
            text.ShouldNotContain(next);
        }
    }

    [Fact]
    public async Task Nothing_to_do_is_said_and_nothing_is_done()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "token list")).ExitCode.ShouldBe(0);
        var before = File.ReadAllText(home.KeyFile);

        var ran = await Gate.RunAsync(home, "vault rotate --keep-master-key");

        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain("--reseal");
        File.ReadAllText(home.KeyFile).ShouldBe(before);
    }
}
