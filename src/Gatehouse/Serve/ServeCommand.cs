using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Processes;

namespace Gatehouse.Serve;

/// <summary><c>gatehouse serve</c>: the gateway itself.</summary>
internal static class ServeCommand
{
    private static readonly Option<string[]> s_listen = new("--listen")
    {
        Description = "An address to listen on, http://HOST:PORT; may be given several times. Otherwise the configuration's, which by default is http://127.0.0.1:8484.",
        HelpName = "URL",
    };

    private static readonly Option<bool> s_allowRemote = new("--allow-remote")
    {
        Description = "Allow addresses that other machines can reach. Put a proxy that speaks TLS in front: keys of callers travel in clear otherwise.",
    };

    private static readonly Option<bool> s_simulator = new("--simulator")
    {
        Description =
            "Run the simulated provider beside it: models named sim/… are answered by it, so that agents can be tried without any key.",
    };

    private static readonly Option<bool> s_verbose = new("--verbose") { Description = "Log in detail, on standard error." };

    /// <summary>The command's word.</summary>
    public const string Name = "serve";

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        Name,
        "Run the gateway until it is told to stop. Creates what it needs on first start, and then prints the first client token, once, with the lines that start the agents with it.",
        "gatehouse serve",
        "ANTHROPIC_API_KEY=… OPENAI_API_KEY=… gatehouse serve     # no configuration file is needed",
        "gatehouse serve --listen http://127.0.0.1:9000 --data-dir ./data",
        "gatehouse serve --listen http://0.0.0.0:8484 --allow-remote",
        "gatehouse serve --listen http://127.0.0.1:0 --json     # one object on standard output as soon as it can be reached") { s_listen,
            s_allowRemote, s_simulator, s_verbose, CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        using var signals = new StopSignals();
        var parsed = invocation.Parsed;
        var options = new ServeOptions
        {
            Inputs = invocation.UnkeyedInputs() with { Overrides = Overrides(parsed) },
            WithSimulator = parsed.GetValue(s_simulator),
            Verbose = parsed.GetValue(s_verbose),
            Json = invocation.Json,
        };
        return await new ForegroundRun(options, invocation.Terminal, signals).RunAsync();
    }

    private static Dictionary<string, string> Overrides(ParseResult parsed)
    {
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal);
        if (parsed.GetValue(s_listen) is { Length: > 0 } listen) overrides["listen"] = listen.Length == 1 ? listen[0] : ListText(listen);
        if (parsed.GetValue(s_allowRemote)) overrides["allowRemote"] = "true";
        return overrides;
    }

    // Several as a JSON list: it replaces the file's value whole.
    private static string ListText(string[] addresses) =>
        $"[{string.Join(',', addresses.Select(a => $"\"{System.Text.Json.JsonEncodedText.Encode(a)}\""))}]";
}
