using System.Text.Json;
using Gatehouse.Terminals;

namespace Gatehouse.CommandLine;

/// <summary>
/// What a command came to: data in a form for people and one for programs, warnings and problems. Data goes to standard output, everything
/// else to standard error; with <c>--json</c> all of it is one object on standard output.
/// </summary>
internal sealed record Report
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; private init; }

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>What a person should know although it worked.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Where to read on after a problem, or null.</summary>
    public string? Hint { get; private init; }

    private Action<Terminal>? Text { get; init; }

    private bool IsTold { get; init; }

    private Action<Utf8JsonWriter>? Data { get; init; }

    /// <summary>It worked.</summary>
    /// <param name="text">Prints for people.</param>
    /// <param name="data">Writes one JSON value, the member <c>data</c>.</param>
    public static Report Done(Action<Terminal>? text = null, Action<Utf8JsonWriter>? data = null) => new() { Text = text, Data = data };

    /// <summary>It worked, and what was to be said was said while it went on.</summary>
    public static Report Told() => new() { IsTold = true };

    /// <summary>Another program did the work and said what was to be said; its exit code is passed on.</summary>
    public static Report Told(int exitCode) => new() { IsTold = true, ExitCode = exitCode };

    /// <summary>It failed.</summary>
    public static Report Failed(params IReadOnlyList<Problem> problems) =>
        new() { ExitCode = CommandLine.ExitCode.Failed, Problems = problems };

    /// <summary>The answer is no: printed like a success, but with exit code 1.</summary>
    public static Report Negative(Action<Terminal> text, Action<Utf8JsonWriter> data) =>
        new() { ExitCode = CommandLine.ExitCode.Failed, Text = text, Data = data };

    /// <summary>The command line or the configuration is at fault.</summary>
    public static Report Misused(IReadOnlyList<Problem> problems, string? hint = null) =>
        new() { ExitCode = CommandLine.ExitCode.Misused, Problems = problems, Hint = hint };

    /// <summary>Prints it.</summary>
    public void Print(Terminal terminal, string command, bool json)
    {
        if (IsTold) return;
        if (json)
        {
            JsonEnvelope.Write(terminal.OpenOutput(), command, this, Data);
            return;
        }

        Text?.Invoke(terminal);
        foreach (var warning in Warnings) terminal.Note($"gatehouse: warning: {warning}");
        foreach (var problem in Problems) PrintProblem(terminal, problem);
        if (Hint is not null) terminal.Note($"  {Hint}");
    }

    private static void PrintProblem(Terminal terminal, Problem problem)
    {
        var key = problem.Path switch { null => "", "" => "configuration: ", var path => $"{path}: " };
        var place = problem switch { { Origin: { } origin } => $" (from {origin})", { Line: { } line } => $" (line {line})", _ => "" };
        terminal.Note($"gatehouse: {key}{problem.What}{place}");
        if (problem.Fix is not { } fix) return;
        foreach (var line in fix.Split('\n')) terminal.Note($"  {line}");
    }
}
