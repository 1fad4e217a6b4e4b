using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

// guard.sh and the agents need a POSIX system.
[assembly: UnsupportedOSPlatform("windows")]

namespace Gatehouse.EndToEnd.Processes;

/// <summary>
/// A program under a guard that ends it and its children when it is disposed, and also when this test run dies. It sees only the
/// environment
/// given. Its output is kept for assertions and failure messages.
/// </summary>
internal sealed class GuardedProcess : IAsyncDisposable
{
    private readonly Process _guard;
    private readonly OutputText _output = new();
    private readonly OutputText _errors = new();
    private readonly string _name;

    private GuardedProcess(string name, Process guard)
    {
        (_name, _guard) = (name, guard);
        guard.OutputDataReceived += (_, line) => _output.Add(line.Data);
        guard.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        guard.BeginOutputReadLine();
        guard.BeginErrorReadLine();
    }

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Its whole environment but for PATH, which is this process's.</param>
    /// <param name="folder">Its current folder.</param>
    /// <param name="input">A file for its standard input, or null for none.</param>
    public static GuardedProcess Start(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder, string? input = null)
    {
        // In a session of its own, so that a signal to the test run's process group, as a time limit sends it, does not end the guard
        // before its work.
        var start = new ProcessStartInfo(
            "setsid", ["/bin/sh", Path.Combine(AppContext.BaseDirectory, "Processes", "guard.sh"), input ?? "/dev/null", .. command])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new GuardedProcess(string.Join(' ', command.Select(Path.GetFileName).Take(3)), Process.Start(start)!);
    }

    /// <summary>Everything it wrote to standard output so far.</summary>
    public string Output => _output.Text;

    /// <summary>Everything it wrote to standard error so far.</summary>
    public string Errors => _errors.Text;

    /// <summary>Both outputs, named, for a failure message.</summary>
    public string Story => $"{_name}\n--- standard output\n{Output}\n--- standard error\n{Errors}\n---";

    /// <summary>Waits for the first line, on either output, that <paramref name="read"/> makes something of.</summary>
    /// <exception cref="TimeoutException">No such line within the limit, or the program ended without it.</exception>
    public async Task<T> ReadLineAsync<T>(Func<string, T?> read, TimeSpan limit) where T : class
    {
        var ended = _guard.WaitForExitAsync();
        var found = await Task.WhenAny(_output.FindAsync(read), _errors.FindAsync(read), EndOf(ended), Task.Delay(limit)
            .ContinueWith(_ => (T?)null, TaskScheduler.Default));
        return await found
            ?? throw new TimeoutException($"{(ended.IsCompleted ? "ended" : $"no such line in {limit.TotalSeconds:0} s")}: {Story}");

        static async Task<T?> EndOf(Task end)
        {
            await end;
            return null;
        }
    }

    /// <summary>Waits until it ended and all its output is here.</summary>
    /// <returns>Its exit code; 128 + the signal's number when a signal ended it.</returns>
    /// <exception cref="TimeoutException">It still runs after the limit.</exception>
    public async Task<int> WaitAsync(TimeSpan limit)
    {
        try
        {
            await _guard.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"still running after {limit.TotalSeconds:0} s: {Story}");
        }
        return _guard.ExitCode;
    }

    /// <summary>Sends it a signal by name, such as <c>TERM</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        await _guard.StandardInput.WriteLineAsync(signal);
        await _guard.StandardInput.FlushAsync();
    }

    /// <summary>Kills it if it still runs, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _guard.StandardInput.Close();
        }
        catch (IOException) { } // it ended between a signal and its delivery
        await _guard.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        _guard.Dispose();
    }
}
