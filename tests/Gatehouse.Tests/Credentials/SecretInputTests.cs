using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Credentials;

/// <summary>Commands that read a secret, where there is none to be read or a person has to be asked for it.</summary>
public sealed class SecretInputTests
{
    private const string Secret = "sk-canary-7c1de09ab2f4d35586e1";

    public static TheoryData<string, string, string> Commands()
    {
        (string Line, string Told)[] lines =
        [
            ("credential add anthropic", "The key is empty. Give it on standard input."),
            ("credential add groq --for codex --model openai/gpt-oss-120b", "The secret is empty."),
            ("credential replace work", "no credential"),
            ("credential replace anthropic/default --platform", "no credential"),
            ("connect claude-code", "empty"),
            ("credential import claude --source -", "not a credentials file"),
            ("integration apply claude-code --yes --token-file -", "Standard input does not hold one token."),
        ];
        var data = new TheoryData<string, string, string>();
        foreach (var (line, told) in lines)
        {
            data.Add(line, "<&-", told);
            data.Add(line, "</dev/null", told);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_standard_input_that_is_closed_or_empty_ends_the_command_in_words(string line, string input, string told)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunFromAsync(home, line, input);
        ran.ExitCode.ShouldBeInRange(1, 2, ran.ToString());
        ran.Error.ShouldContain(told);
    }

    [Theory]
    [InlineData("credential add anthropic", "Key for anthropic (not shown): ")]
    [InlineData("connect claude-code", "(not shown): ")]
    public async Task A_person_at_a_terminal_is_asked_and_may_give_none(string line, string prompt)
    {
        using var home = new TemporaryHome();
        var none = await Gate.RunAtTerminalAsync(home, line, "\u0004");
        none.Output.ShouldContain(prompt);
        none.Output.ShouldContain("was given; nothing was changed.");
        none.ExitCode.ShouldBe(1, none.ToString());
    }

    [Fact]
    public async Task What_a_person_types_at_a_terminal_is_sealed()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAtTerminalAsync(home, "credential add anthropic", Secret + "\r");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var listed = await Gate.RunAsync(home, "credential list --json");
        listed.Json.GetProperty("data").EnumerateArray().ShouldHaveSingleItem().GetProperty("hint").GetString().ShouldBe(Secret[^4..]);
    }
}
