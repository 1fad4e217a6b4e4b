using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// One running process of the program: lines in, lines out. It knows nothing of what the lines mean. Writing is thread-safe; lines come out one at a time, in
/// order, on the pump's own task. Disposing of it ends the process and everything that it started within a second.
/// </summary>
internal sealed class ClaudeProcess : IAsyncDisposable
{
    // Asked, told, killed: each step is given this long, so that the last comes well within a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_lastWord = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] s_lineEnd = "\n"u8.ToArray();
    private readonly Process _process;
#pragma warning disable CA2213 // Whoever waits for it when the process ends must still be let in, to learn that; it holds nothing of the system's.
    private readonly SemaphoreSlim _writing = new(1);
#pragma warning restore CA2213
    private readonly ProcessRecords? _records;
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipeReader? _output;
    private int _ended;
    private int? _exitCode;

    private ClaudeProcess(Process process, ProcessRecords? records)
    {
        (_process, _records) = (process, records);
        Id = process.Id;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) Errors.Add(text);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id, which is its group's too.</summary>
    public int Id { get; }

    /// <summary>What it last said on standard error.</summary>
    public ErrorTail Errors { get; } = new();

    /// <summary>How much memory it takes, in bytes; 0 once it is gone.</summary>
    public long Memory()
    {
        if (HasExited) return 0;
        try
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // Gone in between.
            return 0;
        }
    }

    /// <summary>Whether it has ended, or is being ended.</summary>
    public bool HasExited => Volatile.Read(ref _ended) != 0 || _process.HasExited;

    /// <summary>Its exit code; null when it was not seen to end.</summary>
    public int? ExitCode => _exitCode;

    /// <summary>Starts the program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="flags">How it is to work.</param>
    /// <param name="profile">The account that it works under.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="machine">Reads a variable of the gateway's own environment.</param>
    /// <param name="records">Where it is written down while it runs; null for nowhere.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It can't be started.</exception>
    public static ClaudeProcess Start(
        string program, LaunchFlags flags, ClaudeProfile profile, string folder, Func<string, string?> machine, ProcessRecords? records = null)
    {
        var start = new ProcessStartInfo(program, flags.Arguments())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in profile.Environment(machine)) start.Environment[name] = value;
        ProcessGroup.OwnSession(start);
        var process = Process.Start(start)!;
        records?.Add(process.Id, program);
        return new ClaudeProcess(process, records);
    }

    /// <summary>Writes one line, which holds no line break of its own.</summary>
    /// <exception cref="IOException">The process does not listen any more.</exception>
    public async ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation = default)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (Volatile.Read(ref _ended) != 0) throw new IOException("The process has ended.");
            await PutAsync(line, cancellation);
        }
        catch (ObjectDisposedException)
        {
            throw new IOException("The process has ended.");
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Hands every line that it writes to <paramref name="take"/>, until it ends; called once. A line is valid only during the call.</summary>
    public async Task PumpAsync(Func<ReadOnlyMemory<byte>, ValueTask> take)
    {
        var output = PipeReader.Create(_process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 16 * 1024));
        Volatile.Write(ref _output, output);
        using var line = new Dialects.Json.PooledBuffer();
        try
        {
            while (true)
            {
                var read = await output.ReadAsync();
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    line.Clear();
                    foreach (var piece in rest.Slice(0, end)) line.Append(piece.Span);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    if (line.Length > 0) await take(line.WrittenMemory);
                }

                output.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted || read.IsCanceled) return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe broke: the process is gone.
        }
        finally
        {
            Volatile.Write(ref _output, null);
            await output.CompleteAsync();
            _read.TrySetResult();
            // Its output ends a moment before it does.
            if (Volatile.Read(ref _ended) == 0 && await ExitsAsync()) _exitCode = _process.ExitCode;
        }
    }

    /// <summary>
    /// Ends it: its input closes, behind a last line if there is one; then it is told to terminate; then it and everything that it started is killed. Each step only if the one
    /// before did not help.
    /// </summary>
    /// <param name="last">The line that asks it to stop what it does; empty when it does nothing.</param>
    public async ValueTask EndAsync(ReadOnlyMemory<byte> last)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        await CloseInputAsync(last);
        if (!await ExitsAsync())
        {
            ProcessGroup.End(_process);
            await ExitsAsync();
        }

        // Also when the leader is gone: what it started may live on.
        ProcessGroup.Destroy(_process);
        await ExitsAsync();
        await StopReadingAsync();
        _process.Dispose();
        _records?.Remove(Id);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(default);

    private async Task CloseInputAsync(ReadOnlyMemory<byte> last)
    {
        if (!last.IsEmpty && await _writing.WaitAsync(s_lastWord))
        {
            try
            {
                using var limit = new CancellationTokenSource(s_lastWord);
                await PutAsync(last, limit.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // It does not listen any more, or not in time.
            }
            finally
            {
                // Whoever waits to write must learn that nobody listens.
                _writing.Release();
            }
        }

        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What was still to be written is not wanted any more.
        }
    }

    // What has left its group on purpose lives on and may hold its output open for ever. Nobody waits for that.
    private async Task StopReadingAsync()
    {
        if (Volatile.Read(ref _output) is not { } output) return;
        try
        {
            await _read.Task.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            output.CancelPendingRead();
        }
    }

    private async Task PutAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        var input = _process.StandardInput.BaseStream;
        await input.WriteAsync(line, cancellation);
        await input.WriteAsync(s_lineEnd, cancellation);
        await input.FlushAsync(cancellation);
    }

    private async Task<bool> ExitsAsync()
    {
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(s_patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // Disposed of meanwhile.
            return true;
        }
    }
}
