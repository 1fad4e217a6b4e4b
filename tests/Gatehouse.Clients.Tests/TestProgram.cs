using Gatehouse.Clients.Tests.Files;
using Xunit.Runner.InProc.SystemConsole;

namespace Gatehouse.Clients.Tests;

/// <summary>Runs the tests or, when asked to, is the process that a test kills.</summary>
internal static class TestProgram
{
    public static Task<int> Main(string[] args)
    {
        if (args is [WriteHost.Verb, .. var rest]) return WriteHost.RunAsync(rest);
        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : ConsoleRunner.Run(args);
    }
}
