using System.Security.Cryptography;
using System.Text;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>
/// The six tools that the program's own loop works with: <c>read</c>, <c>write</c>, <c>edit</c>, <c>bash</c>, <c>glob</c>, <c>grep</c>, named and shaped as models that worked behind
/// claude-max-proxy know them. Thread-safe.
/// </summary>
internal sealed class WorkTools
{
    private static readonly byte[] s_all =
        """
        [{"name":"read","description":"Reads a file of the working folder. Long files are cut.","inputSchema":{"type":"object","properties":{"path":{"type":"string","description":"The file, from the working folder or absolute"},"encoding":{"type":"string","description":"utf8 (as usual), utf16le, latin1, ascii, base64 or hex"}},"required":["path"]},"annotations":{"readOnlyHint":true}},
        {"name":"write","description":"Writes a file of the working folder, with the folders on its way. What was in it is gone.","inputSchema":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}},
        {"name":"edit","description":"Replaces the first place where a file of the working folder holds a text.","inputSchema":{"type":"object","properties":{"path":{"type":"string"},"oldString":{"type":"string","description":"The text to replace, exactly as it stands"},"newString":{"type":"string"}},"required":["path","oldString","newString"]}},
        {"name":"bash","description":"Runs a command in a shell and returns what it writes. It has a time limit, and what it leaves running is ended with it.","inputSchema":{"type":"object","properties":{"command":{"type":"string"},"cwd":{"type":"string","description":"The folder to begin in, from the working folder"}},"required":["command"]}},
        {"name":"glob","description":"Finds files whose path fits a pattern such as src/**/*.cs. Leaves out node_modules and .git.","inputSchema":{"type":"object","properties":{"pattern":{"type":"string"},"cwd":{"type":"string","description":"The folder to look in, from the working folder"}},"required":["pattern"]},"annotations":{"readOnlyHint":true}},
        {"name":"grep","description":"Finds lines that a regular expression fits, as file:line:text. Leaves out node_modules and .git.","inputSchema":{"type":"object","properties":{"pattern":{"type":"string"},"path":{"type":"string","description":"The file or folder to search, from the working folder"},"include":{"type":"string","description":"A pattern of the names of the files to search, such as *.ts"}},"required":["pattern"]},"annotations":{"readOnlyHint":true}}]
        """u8.ToArray();

    // Searching a whole disk ends some time.
    private static readonly TimeSpan s_searchTime = TimeSpan.FromSeconds(30);

    private readonly FileTools _files;
    private readonly SearchTools _searches;
    private readonly CommandTool? _commands;

    /// <summary>Sets the tools up for a folder.</summary>
    /// <param name="folder">The folder to work in.</param>
    /// <param name="loop">How the loop is configured.</param>
    /// <param name="machine">Reads a variable of the gateway's own environment.</param>
    public WorkTools(WorkFolder folder, ProgramLoop loop, Func<string, string?> machine)
    {
        (_files, _searches) = (new FileTools(folder), new SearchTools(folder));
        if (loop.HasCommands) _commands = new CommandTool(folder, loop.CommandTime, machine);
    }

    /// <summary>The tools as a tool server lists them.</summary>
    /// <param name="hasCommands">Whether there is <c>bash</c>.</param>
    public static CliTools Listed(bool hasCommands)
    {
        using var buffer = new PooledBuffer();
        var json = new JsonWriter(buffer);
        var names = new List<string>();
        json.BeginArray();
        foreach (var tool in JsonView.Trusted(s_all).Items)
        {
            if (!hasCommands && tool["name"u8].Is("bash"u8)) continue;
            json.Raw(tool);
            names.Add(ToolNames.OfBench(tool["name"u8].Text()!));
        }

        json.EndArray();
        buffer.FlattenLines(0);
        return new CliTools(buffer.Written.ToArray(), names.Count, Convert.ToHexString(SHA256.HashData(buffer.Written))) { Names = names };
    }

    /// <summary>Runs a tool.</summary>
    /// <param name="call">The parameters of <c>tools/call</c>.</param>
    /// <param name="cancellation">Ends it, and whatever it started.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<ToolOutcome> RunAsync(byte[] call, CancellationToken cancellation)
    {
        var asked = Asked.Read(call);
        if (asked.Missing is { } missing) return Task.FromResult(ToolOutcome.Failed($"{asked.Tool} needs {missing}"));
        return asked.Tool switch
        {
            "read" => Task.Run(() => _files.Read(asked["path"]!, asked["encoding"]), cancellation),
            "write" => Task.Run(() => _files.Write(asked["path"]!, asked["content"]!), cancellation),
            "edit" => Task.Run(() => _files.Edit(asked["path"]!, asked["oldString"]!, asked["newString"]!), cancellation),
            "glob" => SearchAsync(end => _searches.Glob(asked["pattern"]!, asked["cwd"], end), cancellation),
            "grep" => SearchAsync(end => _searches.Grep(asked["pattern"]!, asked["path"], asked["include"], end), cancellation),
            "bash" when _commands is { } commands => commands.RunAsync(asked["command"]!, asked["cwd"], cancellation),
            _ => Task.FromResult(ToolOutcome.Failed($"There is no tool '{asked.Tool}'")),
        };
    }

    private static async Task<ToolOutcome> SearchAsync(Func<CancellationToken, ToolOutcome> search, CancellationToken cancellation)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(s_searchTime);
        try
        {
            return await Task.Run(() => search(time.Token), CancellationToken.None);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ToolOutcome.Failed($"Ended after {s_searchTime.TotalSeconds:0} s. Search a smaller folder");
        }
    }

    /// <summary>A call with its text arguments.</summary>
    private sealed record Asked(string Tool, Dictionary<string, string> Arguments, string? Missing)
    {
        public string? this[string name] => Arguments.GetValueOrDefault(name);

        public static Asked Read(byte[] call)
        {
            var view = JsonView.Trusted(call);
            var tool = view["name"u8].Text() ?? "";
            var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in view["arguments"u8].Members)
            {
                if (member.Value.Text() is { } text) arguments[JsonText.Read(member.EscapedName, escaped: true)] = text;
            }

            foreach (var known in JsonView.Trusted(s_all).Items)
            {
                if (!known["name"u8].Is(Encoding.UTF8.GetBytes(tool))) continue;
                foreach (var required in known["inputSchema"u8]["required"u8].Items)
                {
                    if (required.Text() is { } name && !arguments.ContainsKey(name)) return new Asked(tool, arguments, name);
                }
            }

            return new Asked(tool, arguments, null);
        }
    }
}
