using Gatehouse.Gateway.Server;
using Gatehouse.Storage;
using Gatehouse.Terminals;

namespace Gatehouse.CommandLine;

/// <summary>Turns what a command throws into words: what happened, and what helps.</summary>
internal static class Failures
{
    /// <summary>The environment variable that asks for the whole of an unexpected exception.</summary>
    public const string DebugVariable = "GATEHOUSE_DEBUG";

    /// <summary>
    /// Explains an exception. The messages of our own kinds are written for people; of others only the type and message are shown.
    /// </summary>
    public static Report Explain(Exception failure) => failure switch
    {
        StoreException store => Report.Failed(new Problem(store.Message)),
        GatewayStartException start => Report.Failed(new Problem(start.Message)),
        OutputException lost => Report.Failed(new Problem(Unwritable(lost.InnerException!))),
        OperationCanceledException => Report.Failed(new Problem("It was stopped before it was done.")),
        _ => Report.Failed(Unexpected(failure)),
    };

    /// <summary>What is said of an output that takes nothing.</summary>
    public static string Unwritable(Exception reason) => $"The output can't be written: {(reason.InnerException ?? reason).Message}";

    private static Problem Unexpected(Exception failure)
    {
        // Text of an exception never holds a secret of ours (Secret prints as ***), but a whole trace is noise to most people.
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1") return new Problem($"This should not have happened.\n{failure}");
        var line = failure.Message.Split('\n', 2)[0].Trim();
        return new Problem(
            $"This should not have happened: {failure.GetType().Name}: {line}",
            $"Run it again with {DebugVariable}=1 to see where, and report it with what it prints.");
    }
}
