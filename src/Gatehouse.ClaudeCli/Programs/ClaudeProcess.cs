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
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);
    private static readonly byte[] s_lineEnd = "\n"u8.ToArray();
    private readonly Process _process;
    private readonly SemaphoreSlim _writing = new(1);
    private int _ended;
    private int? _exitCode;

    private ClaudeProcess(Process process)
    {
        _process = process;
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
    /// <exception cref="System.ComponentModel.Win32Exception">It can't be started.</exception>
    public static ClaudeProcess Start(string program, LaunchFlags flags, ClaudeProfile profile, string folder, Func<string, string?> machine)
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
        return new ClaudeProcess(Process.Start(start)!);
    }

    /// <summary>Writes one line, which holds no line break of its own.</summary>
    /// <exception cref="IOException">The process does not listen any more.</exception>
    public async ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation = default)
    {
        try
        {
            await _writing.WaitAsync(cancellation);
        }
        catch (ObjectDisposedException)
        {
            throw new IOException("The process has ended.");
        }

        try
        {
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync(line, cancellation);
            await input.WriteAsync(s_lineEnd, cancellation);
            await input.FlushAsync(cancellation);
        }
        catch (ObjectDisposedException)
        {
            throw new IOException("The process has ended.");
        }
        finally
        {
            if (Volatile.Read(ref _ended) == 0) _writing.Release();
        }
    }

    /// <summary>Hands every line that it writes to <paramref name="take"/>, until it ends. A line is valid only during the call.</summary>
    public async Task PumpAsync(Func<ReadOnlyMemory<byte>, ValueTask> take)
    {
        var output = PipeReader.Create(_process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 16 * 1024));
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
                if (read.IsCompleted) return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe broke: the process is gone.
        }
        finally
        {
            await output.CompleteAsync();
            // Its output ends a moment before it does.
            if (Volatile.Read(ref _ended) == 0 && await ExitsAsync()) _exitCode = _process.ExitCode;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What was still to be written is not wanted any more.
        }

        if (!await ExitsAsync())
        {
            ProcessGroup.End(_process);
            await ExitsAsync();
        }

        // Not once the leader was reaped: its id may be another's by then.
        if (!_process.HasExited) ProcessGroup.Destroy(_process);
        await ExitsAsync();
        _process.Dispose();
        _writing.Dispose();
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
