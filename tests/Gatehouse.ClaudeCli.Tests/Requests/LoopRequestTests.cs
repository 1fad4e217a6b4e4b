using System.Text;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.ClaudeCli.Tests.Requests;

/// <summary>What a program that works by itself is started with and told.</summary>
public sealed class LoopRequestTests
{
    private const string Task = """{"name":"Task","description":"Available agent types:\n- oracle: Reviews\n- explore: Looks","input_schema":{"type":"object"}}""";
    private static readonly ProgramLoop s_loop = new(100, true, TimeSpan.FromMinutes(2));

    [Fact]
    public void It_has_the_six_tools_no_built_in_one_and_a_limit_of_turns()
    {
        var request = Read("[]").For(Settings(s_loop));
        var arguments = request.Flags.Arguments().ToList();
        After(arguments, "--tools").ShouldBe("");
        After(arguments, "--allowedTools").ShouldBe("mcp__opencode");
        arguments.ShouldContain("--max-turns=100");
        var forbidden = After(arguments, "--disallowedTools").Split(',');
        foreach (var name in new[] { "Read", "Bash", "Write", "Edit", "MultiEdit", "Glob", "Grep", "NotebookEdit", "WebFetch", "WebSearch", "TodoWrite" }) forbidden.ShouldContain(name);
        request.Tools.Count.ShouldBe(6);
        Encoding.UTF8.GetString(request.Tools.Listed.Span).ShouldContain("\"name\":\"bash\"");
        request.Losses.ShouldBeEmpty();
        Initialized(request)["agents"u8].Exists.ShouldBeFalse();
        Initialized(request)["hooks"u8].IsEmpty.ShouldBeTrue();
        Initialized(request)["sdkMcpServers"u8].Raw.ToArray().ShouldBe("""["opencode"]"""u8.ToArray());
    }

    [Fact]
    public void Without_a_loop_there_is_nothing_of_it()
    {
        var request = Read($"[{Task}]").For(Settings(null));
        var arguments = request.Flags.Arguments().ToList();
        After(arguments, "--allowedTools").ShouldBe("mcp__oc");
        arguments.ShouldNotContain(argument => argument.StartsWith("--max-turns", StringComparison.Ordinal) || argument == "--disallowedTools");
        request.System.ShouldBe(["Be terse."]);
        Initialized(request)["agents"u8].Exists.ShouldBeFalse();
        Initialized(request)["hooks"u8].IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void The_clients_agents_are_defined_named_in_the_system_text_and_hooked()
    {
        var request = Read($"[{Task}]").For(Settings(s_loop));
        var arguments = request.Flags.Arguments().ToList();
        After(arguments, "--tools").ShouldBe("Task");
        After(arguments, "--allowedTools").ShouldBe("mcp__opencode,Task");
        request.System.Count.ShouldBe(2);
        request.System[1].ShouldContain("oracle, explore");
        request.Losses.ShouldBeEmpty();
        var told = Initialized(request);
        told["agents"u8]["oracle"u8]["description"u8].Text().ShouldBe("Reviews");
        told["agents"u8]["explore"u8]["tools"u8].Raw.IndexOf("mcp__opencode__read"u8).ShouldBeGreaterThan(0);
        Encoding.UTF8.GetString(told["hooks"u8].Raw).ShouldContain("\"matcher\":\"Task|Agent\"");
    }

    [Fact]
    public void A_clients_own_tools_are_told_as_lost()
    {
        var request = Read($$"""[{"name":"mine","input_schema":{"type":"object"} },{{Task}}]""").For(Settings(s_loop));
        request.Losses.ShouldBe(["tools"]);
        request.Tools.Count.ShouldBe(6);
    }

    [Fact]
    public void Without_commands_no_agent_has_a_shell_either()
    {
        var request = Read($"[{Task}]").For(Settings(s_loop with { HasCommands = false }));
        request.Tools.Count.ShouldBe(5);
        Initialized(request)["agents"u8].Raw.IndexOf("bash"u8).ShouldBe(-1);
    }

    [Fact]
    public void Other_agents_are_another_conversation()
    {
        var one = Read($"[{Task}]").For(Settings(s_loop));
        var other = Read($"[{Task.Replace("Reviews", "Reviews much", StringComparison.Ordinal)}]").For(Settings(s_loop));
        other.Setup.ShouldNotBe(one.Setup);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("plan", "--permission-mode=plan", false)]
    [InlineData("bypassPermissions", "--permission-mode=bypassPermissions", true)]
    public void The_permission_mode_is_handed_on_in_both_modes(string? mode, string? flag, bool bypasses)
    {
        foreach (var loop in new[] { null, s_loop })
        {
            var arguments = Read("[]").For(Settings(loop) with { PermissionMode = mode }).Flags.Arguments().ToList();
            arguments.Find(argument => argument.StartsWith("--permission-mode", StringComparison.Ordinal)).ShouldBe(flag);
            arguments.Contains("--allow-dangerously-skip-permissions").ShouldBe(bypasses);
        }
    }

    private static ProgramSettings Settings(ProgramLoop? loop) => new("claude", "/srv", [], null, 10, 20, 2, TimeSpan.FromMinutes(10)) { Loop = loop };

    private static CliRequest Read(string tools) =>
        CliRequest.Read(Encoding.UTF8.GetBytes($$"""{"system":"Be terse.","tools":{{tools}},"messages":[{"role":"user","content":"hi"}]}"""), out _)!;

    private static string After(List<string> arguments, string flag) => arguments[arguments.IndexOf(flag) + 1];

    private static JsonView Initialized(CliRequest request)
    {
        using var line = new PooledBuffer();
        InputLine.Initialize(line, "r", request);
        return JsonView.Trusted(line.Written.ToArray())["request"u8];
    }
}
