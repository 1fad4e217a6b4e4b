using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Gatehouse.Tests.Running;

/// <summary>The program while it serves or simulates: its lines as they come, and signals to it.</summary>
internal sealed partial class GateServer : IAsyncDisposable
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _outputEnded = new();
    private readonly TaskCompletionSource _errorEnded = new();

    private GateServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data, _output, _outputEnded);
        process.ErrorDataReceived += (_, line) => Take(line.Data, _error, _errorEnded);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public string Error
    {
        get { lock (_error) return _error.ToString(); }
    }

    public static GateServer Start(TemporaryHome home, string line, params (string Name, string Value)[] variables) =>
        new(Gate.Start(home, line.Split(' ', StringSplitOptions.RemoveEmptyEntries), variables));

    /// <summary>Starts it as <c>nohup</c> does, with the signal of a closed terminal ignored.</summary>
    public static GateServer StartDeafToHangups(TemporaryHome home, string line) => new(Gate.StartByShell(home, "trap '' HUP", line));

    /// <summary>Starts it with a standard error that takes nothing, as that of a closed terminal.</summary>
    public static GateServer StartUnheard(TemporaryHome home, string line) => new(Gate.StartByShell(home, "exec 2>/dev/full", line));

    /// <summary>Waits for a line, of either stream, that holds a text.</summary>
    public async Task<string> LineAsync(string holding)
    {
        using var limit = new CancellationTokenSource(Gate.Ceiling);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
                if (line.Contains(holding, StringComparison.Ordinal)) return line;
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        throw new InvalidOperationException($"No line with '{holding}'.\n--- output\n{Output}\n--- error\n{Error}");
    }

    public void SendTerminate() => kill(_process.Id, Terminate);

    public void SendHangup() => kill(_process.Id, Hangup);

    public void SendInterrupt() => kill(_process.Id, Interrupt);

    /// <summary>Waits for its end; what it printed is complete then.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Gate.Ceiling);
        await _process.WaitForExitAsync(limit.Token);
        await Task.WhenAll(_outputEnded.Task, _errorEnded.Task).WaitAsync(Gate.Ceiling);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Gate.End(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Take(string? line, StringBuilder all, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }

        lock (all) all.AppendLine(line);
        _lines.Writer.TryWrite(line);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
