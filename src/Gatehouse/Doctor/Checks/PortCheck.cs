using System.Net.NetworkInformation;
using Gatehouse.Processes;

namespace Gatehouse.Doctor.Checks;

/// <summary>Nobody else listens on the ports that the configuration names.</summary>
internal sealed class PortCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "port";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        if (scene.Server?.Address is { } address) return Found(CheckResult.Ok($"The server itself holds {address}."));
        if (scene.Config.Config is not { } config) return Found(CheckResult.NotApplicable("The configuration can't be read."));
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return Found([.. config.Listen.Select(listen => listen.Port).Distinct().Select(port => taken.Contains(port) ? Taken(port) : CheckResult.Ok($"Port {port} is free."))]);
    }

    private static CheckResult Taken(int port)
    {
        var problem = PortInUse.Explain(port, "--listen http://127.0.0.1:PORT, or \"listen\" in the configuration");
        return CheckResult.Failed(problem.What, problem.Fix!);
    }
}
