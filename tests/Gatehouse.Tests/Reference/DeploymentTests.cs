using System.CommandLine;
using System.Text.RegularExpressions;
using Gatehouse.CommandLine;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Reference;

/// <summary>The unit file and the container image name what is there: commands, options, paths, ports, signals, exit codes.</summary>
public sealed partial class DeploymentTests
{
    private static readonly string s_unit = Read("deploy/systemd/gatehouse.service");
    private static readonly string s_image = Read("deploy/container/Dockerfile");
    private static readonly string s_page = Read("docs/operations/service.md");

    [Fact]
    public void The_unit_starts_a_command_of_the_program_with_options_that_it_has()
    {
        var words = Setting("ExecStart").Split(' ');
        words[0].ShouldBe("/opt/gatehouse/gatehouse");
        CommandShouldBeKnown(words[1..]);
        Setting("ExecStart").ShouldContain("--data-dir /var/lib/gatehouse");
    }

    [Fact]
    public void The_unit_starts_it_again_unless_the_configuration_is_at_fault()
    {
        Setting("Restart").ShouldBe("on-failure");
        Setting("RestartSec").ShouldBe("1");
        Setting("RestartPreventExitStatus").ShouldBe($"{ExitCode.Misused}");
        Setting("StartLimitBurst").ShouldBe("50");
        Setting("StartLimitIntervalSec").ShouldBe("60");
        Setting("KillSignal").ShouldBe("SIGTERM");
        int.Parse(Setting("TimeoutStopSec"), null).ShouldBeGreaterThan((int)new Gatehouse.Gateway.Configuration.GatehouseConfig().Limits.Drain.TotalSeconds);
        Setting("User").ShouldNotBe("root");
        // Settings stand in the section that systemd reads them in.
        s_unit.IndexOf("StartLimitBurst", StringComparison.Ordinal).ShouldBeLessThan(s_unit.IndexOf("[Service]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fault_of_the_configuration_ends_with_the_exit_code_that_the_unit_does_not_try_again()
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, "serve --listen http://0.0.0.0:0");
        ran.ExitCode.ShouldBe(int.Parse(Setting("RestartPreventExitStatus"), null), ran.ToString());
    }

    [Fact]
    public async Task The_unit_starts_on_what_the_page_sets_up_and_the_pages_command_makes_a_token_for_it()
    {
        using var home = new TemporaryHome();
        // The folders that the page and systemd make, in a place of the test's.
        string Here(string text) => text.Replace("/etc/gatehouse", $"{home.Path}/etc", StringComparison.Ordinal).Replace("/var/lib/gatehouse", $"{home.Path}/var", StringComparison.Ordinal);
        foreach (var folder in (string[])["etc", "var"]) Directory.CreateDirectory(Path.Combine(home.Path, folder));
        var written = s_page.Split('\n').Single(line => line.StartsWith("echo ", StringComparison.Ordinal)).Split(" > ");
        File.WriteAllText(Here(written[1]), written[0]["echo ".Length..].Trim('\''));
        var user = s_page.Split('\n').Single(line => line.StartsWith("useradd ", StringComparison.Ordinal));
        (string, string)[] environment = [("HOME", Here(HomeFolder().Match(user).Groups[1].Value)), ("XDG_CONFIG_HOME", ""), ("XDG_DATA_HOME", "")];

        await using var server = GateServer.Start(home, $"{Here(Setting("ExecStart").Split(' ', 2)[1])} --simulator --listen http://127.0.0.1:0", environment);
        var line = await server.LineAsync(" listens on ");
        var command = Here(s_page.Split('\n').Single(text => text.StartsWith("sudo -u gatehouse -H ", StringComparison.Ordinal))).Split("/opt/gatehouse/gatehouse ")[1];
        var made = await Gate.RunAsync(home, command, "", environment);
        made.ExitCode.ShouldBe(0, made.ToString());

        using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", made.Output.Trim());
        (await http.GetAsync("/v1/models")).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        server.SendTerminate();
        (await server.ExitAsync()).ShouldBe(0, server.Error);
        // The first token is printed there.
        Setting("StandardOutput").ShouldBe("null");
    }

    [Fact]
    public void Commands_in_the_container_work_on_the_data_that_its_server_has()
    {
        Words("CMD").ShouldNotContain("--data-dir");
        s_image.ShouldContain("XDG_DATA_HOME=/data ");
        s_image.ShouldContain("XDG_CONFIG_HOME=/config\n");
        s_page.ShouldContain("`/data/gatehouse/gatehouse.json`");
        s_page.Split('\n').Where(line => line.StartsWith("docker exec gatehouse ", StringComparison.Ordinal)).ShouldNotBeEmpty();
        s_page.ShouldNotContain("--data-dir /data");
    }

    [Fact]
    public void The_image_starts_a_command_of_the_program_with_options_that_it_has()
    {
        Words("ENTRYPOINT").ShouldBe(["/opt/gatehouse/gatehouse"]);
        CommandShouldBeKnown(Words("CMD"));
        // What is copied there is the published program, whose name is that of the assembly.
        s_image.ShouldContain("COPY ${PUBLISHED} /opt/gatehouse\n");
        Read("src/Gatehouse/Gatehouse.csproj").ShouldContain("<AssemblyName>gatehouse</AssemblyName>");
        Read("docs/operations/publish.md").ShouldContain("-o artifacts/publish");
        Argument("PUBLISHED").ShouldBe("artifacts/publish");
        Read("deploy/container/Dockerfile.dockerignore").ShouldContain("!artifacts/publish");
    }

    [Fact]
    public void The_image_listens_where_it_is_exposed_and_asked_for_its_health()
    {
        var port = Line("EXPOSE").Trim();
        Words("CMD").ShouldContain($"http://0.0.0.0:{port}");
        Words("CMD").ShouldContain("--allow-remote");
        s_image.ShouldContain($"http://127.0.0.1:{port}/healthz");
        s_image.ShouldContain("HEALTHCHECK --interval=30s --timeout=5s --retries=3 CMD");
        s_page.ShouldContain($"127.0.0.1:{port}:{port}");
    }

    [Fact]
    public void The_image_runs_without_root_and_may_write_where_it_keeps_things()
    {
        var user = Line("USER").Trim();
        user.ShouldBe("gatehouse");
        s_image.ShouldContain($"useradd --create-home --uid 10001 {user}");
        var begin = s_image.IndexOf("FROM ${BASE_IMAGE}", StringComparison.Ordinal);
        s_image.IndexOf("USER ", begin, StringComparison.Ordinal).ShouldBeLessThan(s_image.IndexOf("ENTRYPOINT", StringComparison.Ordinal));
        foreach (var folder in new[] { "/data", "/config" })
        {
            s_image.ShouldContain($"\"{folder}\"");
            Regex.IsMatch(s_image, $"chown gatehouse:gatehouse[^\n]*{folder}").ShouldBeTrue(folder);
        }

        // Ending whole process groups, the model's shell and the health check need these.
        foreach (var package in new[] { "util-linux", "bash", "curl", "ca-certificates" }) InstalledLine().IsMatch(s_image.Replace(package, $"@{package}@", StringComparison.Ordinal)).ShouldBeTrue(package);
    }

    [Fact]
    public void The_claude_program_is_an_option_of_the_build_and_found_by_its_name()
    {
        Argument("CLAUDE_VERSION").ShouldBe("");
        s_image.ShouldContain("if [ -n \"$CLAUDE_VERSION\" ]; then npm install --prefix /claude \"@anthropic-ai/claude-code@$CLAUDE_VERSION\"; fi");
        s_image.ShouldContain("COPY --from=claude /claude /opt/claude");
        s_image.ShouldContain("/opt/claude/node_modules/.bin");
        // The package and the program in it are those that the tests run.
        Read("tests/agents/package.json").ShouldContain("@anthropic-ai/claude-code@");
    }

    [Fact]
    public void Every_build_argument_is_in_the_page_and_no_other()
    {
        var arguments = BuildArgument().Matches(s_image).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        Row().Matches(s_page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ShouldBe(arguments);
    }

    private static void CommandShouldBeKnown(string[] words)
    {
        var command = GatehouseCommand.Build().Subcommands.Single(one => one.Name == words[0]);
        var root = GatehouseCommand.Build().Options.Select(option => option.Name);
        foreach (var option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal))) command.Options.Select(one => one.Name).Concat(root).ShouldContain(option);
        GatehouseCommand.Build().Parse(words).Errors.ShouldBeEmpty();
    }

    private static string Setting(string name) => s_unit.Split('\n').Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static string Line(string instruction) => s_image.Split('\n').Last(line => line.StartsWith(instruction + " ", StringComparison.Ordinal))[(instruction.Length + 1)..];

    private static string[] Words(string instruction) => System.Text.Json.JsonSerializer.Deserialize<string[]>(Line(instruction))!;

    private static string Argument(string name) => BuildArgument().Matches(s_image).First(match => match.Groups[1].Value == name).Groups[2].Value;

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"--home-dir (\S+)")]
    private static partial Regex HomeFolder();

    [GeneratedRegex(@"^ARG (\w+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex BuildArgument();

    [GeneratedRegex(@"^\| `([A-Z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"apt-get install --yes --no-install-recommends[^\n&]*@[\w-]+@")]
    private static partial Regex InstalledLine();
}
