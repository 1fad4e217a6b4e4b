using System.Net.Sockets;
using Gatehouse.CommandLine;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Processes;

/// <summary>What to tell a person whose port is taken, or may not be had.</summary>
internal static class PortInUse
{
    /// <summary>Says why a port of 127.0.0.1 can't be listened on; null where the failure is about something else.</summary>
    /// <param name="failure">What the web server threw.</param>
    /// <param name="port">The port.</param>
    /// <param name="another">The option that chooses another, with a value.</param>
    public static Problem? Explain(Exception failure, int port, string another) => failure switch
    {
        IOException { InnerException: AddressInUseException } => Explain(port, another),
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            new Problem($"This user may not listen on port {port}.", $"Choose one from 1024 on: {another}"),
        _ => null,
    };

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
