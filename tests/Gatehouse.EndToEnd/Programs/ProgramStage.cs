using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// A gateway two of whose providers are the real <c>claude</c> program, of each pinned version, logged in with a key and calling the simulated provider. The end of
/// a model's name says which of them.
/// </summary>
public class ProgramStage : Stage
{
    public const string Current = "-by-claude-code";
    public const string Older = "-by-claude-code-older";
    public const string Missing = "-by-no-program";

    private readonly TestFolder _folder = new();

    /// <summary>The most turns that a program runs at once.</summary>
    public const int Concurrency = 3;

    /// <summary>More members of each program's configuration, each with a comma behind it.</summary>
    protected virtual string Limits => "";

    /// <summary>The path that a version of the program is started by, with a folder that is its provider's own.</summary>
    protected virtual string Program(string program, string folder) => program;

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{Missing}}*", "targets": [ { "provider": "missing" } ] },
        { "match": "*{{Older}}*", "targets": [ { "provider": "older" } ] },
        { "match": "*{{Current}}*", "targets": [ { "provider": "current" } ] },
        """;

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) =>
        Provider("current", RepositoryPaths.ClaudeCode, simulator) + Provider("older", RepositoryPaths.ClaudeCodeOlder, simulator)
        + """, "missing": { "program": { "path": "no-such-claude" } } """;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A conversation with one of the versions, about whose model the simulated provider is told a fault.</summary>
    internal Talk Begin(string version, string fault = "") => new(Gateway, Token, "claude-sonnet-4-5" + version + fault);

    /// <summary>Kills every process of a program that works for this stage. Returns how many there were.</summary>
    internal int Kill(string version)
    {
        var found = Running(version);
        foreach (var process in found) process.Kill();
        return found.Count;
    }

    /// <summary>Waits until none of these processes runs any more, ten seconds at most.</summary>
    internal static async Task ShouldEndAsync(IReadOnlyList<Process> processes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        foreach (var process in processes) await process.WaitForExitAsync(limit.Token);
    }

    /// <summary>The processes of a program that work for this stage, those that wait for somebody too.</summary>
    internal IReadOnlyList<Process> Running(string version)
    {
        var folder = _folder.At(version == Older ? "older" : "current", "work");
        return [.. System.Diagnostics.Process.GetProcesses().Where(process => WorksIn(process, folder))];
    }

    /// <summary>The last request that holds a text has the client's history: each role, text, call and result in order, and nothing else but reminders.</summary>
    internal async Task ShouldHaveReceivedAsync(Talk talk, string marker, string holding)
    {
        // Written by one writer, so that both are escaped alike.
        var escaped = JsonValue.Create(holding).ToJsonString().Trim('"');
        var received = (await ReceivedAsync(marker)).Select(one => JsonNode.Parse(one.Request.Body)!["messages"]!.AsArray())
            .Last(messages => messages.ToJsonString().Contains(escaped, StringComparison.Ordinal));
        // The last answer was not there yet when it was asked.
        History.Said(received).ShouldBe(History.Said(new JsonArray([.. talk.Messages.SkipLast(1).Select(m => m!.DeepClone())])), received.ToJsonString());
    }

    /// <summary>What tells the process that sent a request from others: each has a session of its own with the vendor.</summary>
    internal static string Process(Received received) => received.Request.Headers.Single(header => header.Key.Equals("x-claude-code-session-id", StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>How many requests of a marker the provider served at the same time at most.</summary>
    internal async Task<int> MostAtOnceAsync(string marker)
    {
        using var http = new HttpClient();
        var log = JsonNode.Parse(await http.GetStringAsync(new Uri(Upstream, "_simulator/requests?limit=60")))!["requests"]!.AsArray();
        var spans = log.Where(one => Encoding.UTF8.GetString(Convert.FromBase64String((string)one!["body_base64"]!)).Contains(marker, StringComparison.Ordinal))
            .Select(one => (Begin: At(one!["received_at"]), End: At(one["finished_at"]))).ToList();
        return spans.Max(span => spans.Count(other => other.Begin <= span.Begin && span.Begin < other.End));
    }

    private static DateTimeOffset At(JsonNode? time) => DateTimeOffset.Parse((string)time!, CultureInfo.InvariantCulture);

    private static bool WorksIn(Process process, string folder)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process.Id}/cwd", false)?.FullName == folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another's, or gone.
            return false;
        }
    }

    /// <summary>The folder of a version's provider.</summary>
    private protected string Folder(string version) => _folder.Folder(version switch { Current => "current", Older => "older", _ => version });

    private string Provider(string name, string program, Uri simulator) => $$"""
        , "{{name}}": { "program": {
            {{Limits}}
            "path": "{{Program(program, Folder(name))}}", "concurrency": {{Concurrency}}, "maxProcesses": 8, "warm": 1, "workingFolder": "{{_folder.Folder(name, "work")}}",
            "profiles": { "test": { "configFolder": "{{_folder.Folder(name, "config")}}", "apiKeyEnv": "LOCAL_KEY", "baseUrl": "{{simulator.ToString().TrimEnd('/')}}" } } } }
        """;
}
