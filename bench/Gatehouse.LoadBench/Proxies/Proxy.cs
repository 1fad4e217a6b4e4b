using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.LoadBench.Proxies;

/// <summary>Something between the generator and the upstream whose cost is measured. Owns its process and its temporary folder.</summary>
internal abstract class Proxy : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(20);
    private Process? _process;

    /// <summary>The name in the table.</summary>
    public abstract string Name { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; protected init; } = FreePort();

    /// <summary>The access token to present.</summary>
    public virtual string Token => "none";

    /// <summary>Whether it translates between dialects; the others carry every call as it is.</summary>
    public virtual bool Translates => false;

    /// <summary>Processor time used so far, in µs.</summary>
    public virtual double CpuMicros => Processes.Sum(ProcessClock.CpuMicros);

    /// <summary>Processor time of what is told apart: writing the ledger's rows into the store; in µs and part of <see cref="CpuMicros"/>.</summary>
    public virtual double StoreMicros => 0;

    /// <summary>Processor time of the runtime's compiling, in µs; begins anew now and then.</summary>
    public virtual double CompileMicros => 0;

    /// <summary>Memory in use, in KB.</summary>
    public long RssKilobytes => Processes.Sum(ProcessClock.RssKilobytes);

    /// <summary>Its files; removed with it.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("gatehouse-load-").FullName;

    /// <summary>The process that was started.</summary>
    protected int ProcessId => _process!.Id;

    private IEnumerable<int> Processes => _process is null ? [] : [_process.Id, .. ProcessClock.Children(_process.Id)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            // Asked first: nginx's workers outlive a master that is killed.
            if (!process.HasExited) Process.Start("kill", ["-TERM", process.Id.ToString()]).WaitForExit();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts the program and waits until it accepts connections.</summary>
    protected async Task StartAsync(ProcessStartInfo start)
    {
        var log = Path.Combine(Folder, "output.log");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        var output = new StreamWriter(log) { AutoFlush = true };
        _process.OutputDataReceived += (_, line) => { lock (output) output.WriteLine(line.Data); };
        _process.ErrorDataReceived += (_, line) => { lock (output) output.WriteLine(line.Data); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var began = Stopwatch.GetTimestamp();
        while (!await CanConnectAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > s_startLimit)
                throw new InvalidOperationException($"{Name} does not start: {await File.ReadAllTextAsync(log)}");
            await Task.Delay(50);
        }
    }

    private async Task<bool> CanConnectAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

/// <summary>No proxy: the generator talks to the upstream.</summary>
internal sealed class NoProxy : Proxy
{
    public NoProxy(int upstreamPort) => Port = upstreamPort;

    /// <inheritdoc/>
    public override string Name => "direct";
}
