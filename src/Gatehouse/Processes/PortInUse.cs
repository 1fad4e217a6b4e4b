using Gatehouse.CommandLine;

namespace Gatehouse.Processes;

/// <summary>What to tell a person whose port is taken.</summary>
internal static class PortInUse
{
    /// <summary>Says who holds the port, as far as can be found out, and what to do.</summary>
    /// <param name="port">The port.</param>
    /// <param name="another">The option that chooses another, with a value.</param>
    public static Problem Explain(int port, string another)
    {
        var holder = PortHolder.Find(port);
        var who = holder is null
            ? "another program, which is not this user's or could not be found out"
            : $"process {holder.ProcessId} ({holder.Program})";
        return new Problem($"Port {port} is in use by {who}.", $"Stop that program, or choose another port: {another}");
    }
}
