using Gatehouse.CommandLine;
using Gatehouse.Completion;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Completion;

public sealed class SuggestionsTests
{
    [Theory]
    [InlineData("tok", "token")]
    [InlineData("token |", "create list revoke")]
    [InlineData("token c", "create")]
    [InlineData("token create --k", "--kind")]
    [InlineData("token create --kind |", "admin client service")]
    [InlineData("token create --kind s", "service")]
    [InlineData("token create --kind=s", "--kind=service")]
    [InlineData("token create --kind = s", "service")]
    [InlineData("token create --kind =", "admin client service")]
    [InlineData("token create --kind client --k", "")]
    [InlineData("token create --kind=client --k", "")]
    [InlineData("token create --name |", "")]
    [InlineData("token create --name list --k", "--kind")]
    [InlineData("--data-dir /somewhere token li", "list")]
    [InlineData("--config |", ":files")]
    [InlineData("token list --data-dir |", ":folders")]
    [InlineData("serve --listen http://127.0.0.1:1 --li", "--listen")]
    [InlineData("completion |", "bash fish powershell zsh")]
    [InlineData("completion z", "zsh")]
    [InlineData("completion zsh b", "")]
    [InlineData("credential add anthropic-", "anthropic-compatible")]
    [InlineData("no-such-command |", "")]
    [InlineData("no-such-command tok", "")]
    [InlineData("token list --no-such-option --js", "--json")]
    [InlineData("token -- cre", "create")]
    public void A_line_goes_on_with_what_fits(string line, string expected)
    {
        var words = line.Split(' ').Select(word => word == "|" ? "" : word).ToList();
        string.Join(' ', Suggestions.For(GatehouseCommand.Build(), words).Select(s => s.Text)).ShouldBe(expected);
    }

    [Fact]
    public void With_nothing_typed_every_command_is_proposed_with_a_description()
    {
        var proposed = Suggestions.For(GatehouseCommand.Build(), [""]).ToList();
        proposed.Select(s => s.Text).ShouldBe(GatehouseCommand.Build().Subcommands.Where(c => !c.Hidden).Select(c => c.Name));
        proposed.ShouldAllBe(
            s => s.Description.Length > 5 && s.Description.Length <= 80 && !s.Description.Contains('\t', StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_without_arguments_proposes_its_options()
    {
        var proposed = Suggestions.For(GatehouseCommand.Build(), ["status", ""]).Select(s => s.Text).ToList();
        proposed.ShouldBe(["--json", "--help", "--config", "--data-dir"], ignoreOrder: true);
    }

    [Fact]
    public void Where_an_empty_word_cannot_be_passed_another_verb_says_that_nothing_is_typed_of_the_next()
    {
        using var output = new StringWriter();
        Suggestions.Answer([Suggestions.NextVerb, "token", "create", "--kind"], GatehouseCommand.Build, output).ShouldBeTrue();
        output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ShouldBe(["admin", "client", "service"]);
        Suggestions.Answer(["token", "list"], GatehouseCommand.Build, output).ShouldBeFalse();
    }

    [Theory]
    [InlineData("bash", "complete -F _gatehouse gatehouse")]
    [InlineData("zsh", "compdef _gatehouse gatehouse")]
    [InlineData("fish", "complete -c gatehouse")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName gatehouse")]
    public async Task The_command_prints_a_script_that_asks_the_program(string shell, string registers)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, $"completion {shell}");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain(registers);
        ran.Output.ShouldContain(Suggestions.Verb);
        var json = await Gate.RunAsync(home, $"completion {shell} --json");
        json.Json.GetProperty("data").GetProperty("script").GetString().ShouldBe(ran.Output);
        var asked = await Gate.RunAsync(home, "__complete token cre");
        asked.Output.ShouldStartWith("create\t");
    }

    [Fact]
    public async Task An_unknown_shell_is_exit_2()
    {
        using var home = new TemporaryHome();
        (await Gate.RunAsync(home, "completion tcsh")).ExitCode.ShouldBe(2);
    }
}
