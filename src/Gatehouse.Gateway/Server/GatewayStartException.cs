namespace Gatehouse.Gateway.Server;

/// <summary>The server could not start. The message says why and what to do; the command line prints it as it is.</summary>
public sealed class GatewayStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GatewayStartException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The port that is taken by somebody else, or null when that is not the reason.</summary>
    public int? PortInUse { get; init; }
}
