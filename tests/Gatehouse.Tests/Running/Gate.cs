using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Tests.Running;

/// <summary>What a run of the program came to.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as the one JSON object that <c>--json</c> promises.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public override string ToString() => $"exit {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Runs the built program as a process, as a person would.</summary>
internal static class Gate
{
    /// <summary>No wait of a test is longer.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(30);

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ran> RunAsync(
        TemporaryHome home, string[] arguments, string input = "", params (string Name, string Value)[] variables)
    {
        using var process = Start(home, arguments, variables);
        return await EndAsync(process, input);
    }

    private static async Task<Ran> EndAsync(Process process, string input)
    {
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(Ceiling);
            await process.WaitForExitAsync(limit.Token);
            return new Ran(process.ExitCode, await output, await error);
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>As the other, with the arguments separated by blanks.</summary>
    public static Task<Ran> RunAsync(TemporaryHome home, string line, string input = "", params (string Name, string Value)[] variables) =>
        RunAsync(home, line.Split(' ', StringSplitOptions.RemoveEmptyEntries), input, variables);

    /// <summary>As the others, with its standard output redirected by a shell, which may redirect the other one too.</summary>
    public static async Task<Ran> RunIntoAsync(TemporaryHome home, string line, string output)
    {
        using var process = Process.Start(Prepared(home, "/bin/sh", ["-c", $"exec dotnet '{Program}' {line} > {output}"]))!;
        return await EndAsync(process, "");
    }

    /// <summary>As the others, with its standard input redirected by a shell, which may close it too.</summary>
    public static async Task<Ran> RunFromAsync(TemporaryHome home, string line, string input)
    {
        using var process = Process.Start(Prepared(home, "/bin/sh", ["-c", $"exec dotnet '{Program}' {line} {input}"]))!;
        return await EndAsync(process, "");
    }

    /// <summary>
    /// Runs it at a terminal, made by <c>script</c>, where a person types an answer. What is printed on either stream comes back as output.
    /// </summary>
    public static async Task<Ran> RunAtTerminalAsync(TemporaryHome home, string line, string typed, params (string Name, string Value)[] variables)
    {
        var start = Prepared(home, "script", ["--quiet", "--return", "--command", $"exec dotnet '{Program}' {line}", "/dev/null"]);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return await EndAsync(process, typed);
    }

    /// <summary>Starts it with all three streams redirected.</summary>
    public static Process Start(TemporaryHome home, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = Prepared(home, "dotnet", [Program, .. arguments]);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>As the other, by a shell that does something first and is then replaced by the program.</summary>
    public static Process StartByShell(TemporaryHome home, string before, string line) =>
        Process.Start(Prepared(home, "/bin/sh", ["-c", $"{before}; exec dotnet '{Program}' {line}"]))!;

    /// <summary>Ends a process that may still run.</summary>
    public static void End(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "gatehouse.dll");

    private static ProcessStartInfo Prepared(TemporaryHome home, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = home.Path,
        };
        start.Environment.Clear();
        foreach (var (name, value) in home.Environment()) start.Environment[name] = value;
        return start;
    }
}
