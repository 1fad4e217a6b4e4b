using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.ClaudeCli.Tests.Standins;

/// <summary>A provider whose program is a stand-in, on a clock of its own, and what it keeps in a folder of its own.</summary>
internal sealed class StandinStage : IAsyncDisposable
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);
    private readonly string _folder;
    private readonly Store _database;
    private readonly KeyRing _keys;
    private readonly IReadOnlyDictionary<string, string> _variables;
    private ProgramSettings _settings;
    private ReasoningStore _store;

    private StandinStage(string folder, Store database, Func<ProgramSettings, ProgramSettings>? change, IReadOnlyDictionary<string, string>? variables)
    {
        _variables = variables ?? new Dictionary<string, string>();
        (_folder, _database) = (folder, database);
        _keys = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;
        var settings = new ProgramSettings(
            Path.Combine(AppContext.BaseDirectory, "Standins", "standin.sh"), Directory.CreateDirectory(Path.Combine(folder, "work")).FullName,
            [new ProgramProfile("one", null, null, null, null), new ProgramProfile("two", null, null, null, null)], null, 10, 10, 0, TimeSpan.FromMinutes(10));
        _settings = change?.Invoke(settings) ?? settings;
        _store = NewStore();
        Provider = new ClaudeProvider("p", _settings, Place());
    }

    /// <summary>What was logged.</summary>
    public LinesLogged Logging { get; } = new();

    /// <summary>The clock.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>The provider.</summary>
    public ClaudeProvider Provider { get; private set; }

    /// <summary>Where running processes are written down.</summary>
    public string Records => Path.Combine(_folder, "records");

    /// <summary>Makes one.</summary>
    public static async Task<StandinStage> StartAsync(
        Func<ProgramSettings, ProgramSettings>? change = null, IReadOnlyDictionary<string, string>? variables = null)
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-standin-").FullName;
        return new StandinStage(folder, await Store.OpenAsync(new StoreOptions { Directory = Path.Combine(folder, "data"), Migrations = ReasoningTable.Migrations }), change, variables);
    }

    /// <summary>Ends the gateway and begins another on the same store, perhaps with another working folder.</summary>
    public async Task RestartAsync(string? folder = null)
    {
        await Provider.DisposeAsync();
        if (folder is not null) _settings = _settings with { WorkingFolder = Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName };
        await _store.FlushAsync();
        _store = NewStore();
        Provider = new ClaudeProvider("p", _settings, Place());
    }

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task<Answered> AskAsync(JsonArray messages, string? session = null, Guid token = default, string? profile = null, JsonObject? more = null)
    {
        await using var answer = await BeginAsync(messages, session, token, profile, more);
        return await ReadAsync(answer);
    }

    /// <summary>Asks and returns as soon as the answer has begun.</summary>
    public async Task<CliAnswer> BeginAsync(
        JsonArray messages, string? session = null, Guid token = default, string? profile = null, JsonObject? more = null, CancellationToken cancellation = default)
    {
        var body = new JsonObject { ["model"] = "opus", ["messages"] = messages.DeepClone() };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        var request = CliRequest.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), out var refusal) ?? throw new InvalidOperationException(refusal);
        return await Provider.AnswerAsync(request, new UpstreamCaller(token, session, profile), cancellation).WaitAsync(s_ceiling, cancellation);
    }

    /// <summary>Reads an answer to its end.</summary>
    public static async Task<Answered> ReadAsync(CliAnswer answer)
    {
        using var body = new MemoryStream();
        string? broke = null;
        try
        {
            await answer.Body.CopyToAsync(body).WaitAsync(s_ceiling);
        }
        catch (IOException e)
        {
            broke = e.Message;
        }

        var headers = new HeaderDictionary();
        answer.CopyHeadersTo(headers);
        return new Answered(answer.Status, Encoding.UTF8.GetString(body.ToArray()), broke, headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()));
    }

    /// <summary>The lines that a process read.</summary>
    public async Task<string[]> SeenAsync(int process) => await File.ReadAllLinesAsync(Path.Combine(_settings.WorkingFolder!, $"seen-{process}"));

    /// <summary>Every process that was started and read anything.</summary>
    public IReadOnlyList<int> Processes =>
        [.. Directory.EnumerateFiles(_settings.WorkingFolder!, "seen-*").Select(file => int.Parse(Path.GetFileName(file)[5..], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The child of a process that has left its group; waits until there is one.</summary>
    public async Task<int> RunawayAsync(int process)
    {
        using var limit = new CancellationTokenSource(s_ceiling);
        var file = Path.Combine(_settings.WorkingFolder!, $"runaway-{process}");
        while (!File.Exists(file)) await Task.Delay(10, limit.Token);
        return int.Parse(await File.ReadAllTextAsync(file, limit.Token), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until a process and its whole group are gone.</summary>
    public static async Task ShouldEndAsync(int process)
    {
        using var limit = new CancellationTokenSource(s_ceiling);
        while (Group(process).Count > 0) await Task.Delay(10, limit.Token);
    }

    /// <summary>The processes of a group that live.</summary>
    public static IReadOnlyList<string> Group(int leader) =>
        [.. Directory.EnumerateDirectories("/proc").Where(one => char.IsAsciiDigit(Path.GetFileName(one)[0])).Select(Stat).Where(stat => IsIn(stat, leader))];

    /// <summary>A message of the user's.</summary>
    public static JsonObject User(string text) => new() { ["role"] = "user", ["content"] = text };

    /// <summary>The results of calls, each a text.</summary>
    public static JsonObject Results(IEnumerable<string> calls) => new()
    {
        ["role"] = "user",
        ["content"] = new JsonArray([.. calls.Select(call => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call, ["content"] = $"result of {call}" })]),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        await _store.FlushAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Stat(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // Behind the name: state, parent, group. Z has ended and waits to be seen by its parent.
    private static bool IsIn(string stat, int leader)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 2 && fields[0] != "Z" && fields[2] == leader.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private ReasoningStore NewStore() => new(_database, _keys, Clock, NullLogger<ReasoningStore>.Instance);

    private ProgramPlace Place() => new(name => _variables.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name), _store, new ProcessRecords(Records), Logging, Clock);
}
