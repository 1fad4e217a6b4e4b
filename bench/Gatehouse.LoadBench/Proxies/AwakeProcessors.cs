using System.Diagnostics;
using System.Globalization;

namespace Gatehouse.LoadBench.Proxies;

/// <summary>
/// Keeps every processor from sleeping, by a program on each that runs when nothing else wants to. A processor that sleeps is woken for each step of a call on one connection: on a
/// virtual machine by its host, which takes longer than what the proxy does and is a cost of the machine's. Dispose ends them.
/// </summary>
internal sealed class AwakeProcessors : IDisposable
{
    private readonly List<Process> _loops = [];

    /// <summary>Starts them.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no <c>chrt</c> (Debian: util-linux).</exception>
    public AwakeProcessors()
    {
        // Each ends by itself when this process is gone.
        const string Loop = "while kill -0 $0; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done";
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            _loops.Add(Process.Start(new ProcessStartInfo("chrt", ["--idle", "0", "sh", "-c", Loop, self]) { RedirectStandardError = true })
                ?? throw new InvalidOperationException("chrt did not start."));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Kill(entireProcessTree: true);
            loop.WaitForExit();
            loop.Dispose();
        }

        _loops.Clear();
    }
}
