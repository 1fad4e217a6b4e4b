using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Reference;

public sealed class CommandsPageTests
{
    [Fact]
    public void Every_command_and_option_is_in_the_page()
    {
        var page = Page();
        foreach (var command in Commands(GatehouseCommand.Build()))
        {
            var path = Verb.PathOf(command);
            var section = Section(page, path).ShouldNotBeNull($"docs/reference/commands.md has no section '## gatehouse {path}'");
            foreach (var option in command.Options) section.ShouldContain(option.Name, Case.Sensitive, $"gatehouse {path}");
            foreach (var argument in command.Arguments)
                section.ShouldContain($"<{argument.HelpName}>", Case.Sensitive, $"gatehouse {path}");
            foreach (var example in command is Verb verb ? verb.Examples : [])
                section.ShouldContain(example, Case.Sensitive, $"gatehouse {path}");
        }
    }

    [Fact]
    public async Task The_page_has_the_help_as_the_program_prints_it()
    {
        using var home = new TemporaryHome();
        var page = Page();
        foreach (var command in Commands(GatehouseCommand.Build()))
        {
            var path = Verb.PathOf(command);
            // The parser leaves blanks where it breaks a line.
            var help = string.Join(
                '\n', (await Gate.RunAsync(home, $"{path} --help")).Output.Trim().Split('\n').Select(line => line.TrimEnd()));
            Section(page, path)!.ShouldContain(help, Case.Sensitive, $"put this into docs/reference/commands.md:\n{help}");
        }
    }

    [Fact]
    public void The_page_names_no_command_that_is_not_there()
    {
        var known = Commands(GatehouseCommand.Build()).Select(c => $"## gatehouse {Verb.PathOf(c)}".TrimEnd()).ToHashSet();
        Page().Split('\n').Where(line => line.StartsWith("## gatehouse", StringComparison.Ordinal))
            .ShouldAllBe(line => known.Contains(line.TrimEnd()));
    }

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    private static string? Section(string page, string path)
    {
        var heading = $"\n## gatehouse {path}".TrimEnd() + "\n";
        var start = page.IndexOf(heading, StringComparison.Ordinal);
        if (start < 0) return null;
        var end = page.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    private static string Page() =>
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "commands.md")).ReplaceLineEndings("\n");
}
