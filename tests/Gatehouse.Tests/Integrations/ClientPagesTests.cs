using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Gatehouse.Clients;
using Gatehouse.Dialects;
using Gatehouse.Tests.Running;
using Gatehouse.Tests.Runs;

namespace Gatehouse.Tests.Integrations;

/// <summary>The pages of docs/clients, held to the program: their commands run, and their table says what the program knows.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class ClientPagesTests
{
    private static readonly string _folder = Path.Combine(Root(), "docs", "clients");

    public static TheoryData<string> Pages() => [.. Directory.GetFiles(_folder, "*.md").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_command_of_a_page_runs(string page)
    {
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(_folder, page))).Select(match => match.Groups[1].Value).ToList();
        blocks.ShouldNotBeEmpty();
        using var harness = new FakeHarness("claude", "exit 0");
        foreach (var agent in new[] { "codex", "opencode" }) File.CreateSymbolicLink(Path.Combine(harness.Folder, agent), Path.Combine(harness.Folder, "claude"));
        var home = harness.Home;
        // For run, which wants a server and the agent.
        await using var server = await Served.StartAsync(home, "", ("ANTHROPIC_API_KEY", "sk-ant-test"), ("OPENAI_API_KEY", "sk-test"));
        var program = home.Write("gatehouse", $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "gatehouse.dll")}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var script = home.Write("page.sh", $"set -eux\n{string.Join('\n', blocks)}");
        var start = new ProcessStartInfo("/bin/sh", [script]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = home.Path };
        start.Environment.Clear();
        foreach (var (name, value) in home.Environment()) start.Environment[name] = value;
        start.Environment["PATH"] = harness.SearchPath.Item2;
        start.Environment["ANTHROPIC_API_KEY"] = "sk-ant-test";
        start.Environment["OPENAI_API_KEY"] = "sk-test";
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        shell.ExitCode.ShouldBe(0, $"{await output}\n{error}");
    }

    [Fact]
    public void The_table_has_every_client_with_what_it_speaks_and_how_it_is_set_up()
    {
        var rows = File.ReadAllLines(Path.Combine(_folder, "README.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Count(letter => letter == '|') == 8).ToList();
        foreach (var client in ClientCatalog.All)
        {
            var cells = rows.Where(row => row.Contains($"| `{client.Id}` |", StringComparison.Ordinal)).ShouldHaveSingleItem(client.Id).Split('|').Select(cell => cell.Trim()).ToList();
            cells[3].ShouldBe(client.Support switch { ClientSupport.Applied => "apply", ClientSupport.Printed => "print", _ => "refused" }, client.Id);
            if (client.Support != ClientSupport.Refused) cells[4].ShouldBe(string.Join(", ", client.Dialects.Select(dialect => dialect.Name())), client.Id);
            if (!client.Verified) cells[7].ShouldContain("not verified against the program", Case.Sensitive, client.Id);
        }

        rows.Count(row => row.Contains("| `", StringComparison.Ordinal)).ShouldBe(ClientCatalog.All.Length);
    }

    [Fact]
    public void Every_client_that_is_written_has_a_page_and_those_that_were_not_tried_say_so()
    {
        foreach (var client in ClientCatalog.All.Where(client => client.Support == ClientSupport.Applied))
        {
            var page = File.ReadAllText(Path.Combine(_folder, $"{client.Id}.md"));
            page.ShouldContain($"integration restore {client.Id}");
            page.Contains("Not verified against the program", StringComparison.Ordinal).ShouldBe(!client.Verified, client.Id);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("(?ms)^```sh\n(.*?)^```")]
    private static partial Regex Block();
}
