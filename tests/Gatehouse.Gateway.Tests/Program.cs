using Gatehouse.Gateway.Tests.Metering;

namespace Gatehouse.Gateway.Tests;

/// <summary>Runs the tests as xunit's own entry point does, or serves a ledger until killed when a test started it for that.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (LedgerKillChild.Folder is { } folder) return await LedgerKillChild.ServeAsync(folder);
        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
