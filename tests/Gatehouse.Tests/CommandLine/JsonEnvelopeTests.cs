using System.CommandLine;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.CommandLine;

/// <summary>Whatever is run with <c>--json</c> answers in the one shape.</summary>
public sealed class JsonEnvelopeTests
{
    private static readonly string[] _members = ["ok", "command", "data", "warnings", "errors"];

    public static TheoryData<string> Verbs() => [.. All(GatehouseCommand.Build()).OfType<Verb>().Select(Verb.PathOf)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_command_offers_it(string path) =>
        All(GatehouseCommand.Build()).OfType<Verb>().Single(verb => Verb.PathOf(verb) == path).Options.ShouldContain(CommonOptions.Json);

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_command_that_fails_says_so_in_it(string path)
    {
        using var home = new TemporaryHome();
        // A data directory that can't be one, and an option that nobody has: whichever comes first.
        var file = home.Write("file", "");
        var ran = await Gate.RunAsync(home, [.. path.Split(' '), "--json", "--data-dir", file, "--no-such-option"]);
        ran.ExitCode.ShouldNotBe(0, ran.ToString());
        HoldsTheShape(ran.Json, path, ok: false);
        ran.Json.GetProperty("errors").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("presets")]
    [InlineData("config check")]
    [InlineData("token create")]
    [InlineData("token list")]
    [InlineData("credential list")]
    [InlineData("usage")]
    [InlineData("demo")]
    [InlineData("smoke")]
    [InlineData("completion bash")]
    public async Task A_command_that_works_says_so_in_it_and_prints_nothing_else(string line)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, line + " --json");
        ran.ExitCode.ShouldBe(0, ran.ToString());
        HoldsTheShape(ran.Json, line == "completion bash" ? "completion" : line, ok: true);
        ran.Json.GetProperty("data").ValueKind.ShouldNotBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Serve_says_where_it_can_be_reached_and_the_first_token()
    {
        using var home = new TemporaryHome();
        await using var server = GateServer.Start(home, "serve --simulator --json --listen http://127.0.0.1:0");
        await server.LineAsync("\"errors\"");
        await server.LineAsync("}");
        server.SendTerminate();
        (await server.ExitAsync()).ShouldBe(0, server.Error);
        var said = JsonDocument.Parse(server.Output).RootElement;
        HoldsTheShape(said, "serve", ok: true);
        var data = said.GetProperty("data");
        data.GetProperty("addresses")[0].GetString().ShouldStartWith("http://127.0.0.1:");
        data.GetProperty("first_token").GetProperty("token").GetString().ShouldStartWith("ghc_");
        data.GetProperty("providers").EnumerateArray().ShouldContain(provider => provider.GetProperty("name").GetString() == "sim");
    }

    [Fact]
    public async Task Simulate_says_where_it_can_be_reached()
    {
        using var home = new TemporaryHome();
        await using var server = GateServer.Start(home, "simulate --port 0 --json");
        await server.LineAsync("\"errors\"");
        await server.LineAsync("}");
        server.SendTerminate();
        (await server.ExitAsync()).ShouldBe(0, server.Error);
        var said = JsonDocument.Parse(server.Output).RootElement;
        HoldsTheShape(said, "simulate", ok: true);
        said.GetProperty("data").GetProperty("address").GetString().ShouldStartWith("http://127.0.0.1:");
    }

    private static void HoldsTheShape(JsonElement said, string command, bool ok)
    {
        said.EnumerateObject().Select(member => member.Name).ShouldBe(_members);
        said.GetProperty("ok").GetBoolean().ShouldBe(ok);
        said.GetProperty("command").GetString().ShouldBe(command);
        said.GetProperty("warnings").ValueKind.ShouldBe(JsonValueKind.Array);
        foreach (var error in said.GetProperty("errors").EnumerateArray())
            error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
