namespace Gatehouse.CommandLine;

/// <summary>What the process returns to its caller. Scripts rely on these: never renumber.</summary>
internal static class ExitCode
{
    /// <summary>Done as asked.</summary>
    public const int Ok = 0;

    /// <summary>Understood, but it failed, or what was asked for is not so (<c>status</c> without a running server).</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is at fault; nothing was done.</summary>
    public const int Misused = 2;
}
