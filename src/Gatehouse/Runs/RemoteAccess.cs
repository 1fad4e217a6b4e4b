using Gatehouse.CommandLine;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>The token with which a run is looked after at a Gatehouse elsewhere: from a file or a variable, never from a command line, which everyone on the machine may read.</summary>
/// <param name="Token">The token; null when the run belongs to this machine's data directory.</param>
/// <param name="Fault">What is wrong with it; null when nothing is.</param>
internal sealed record RemoteAccess(Secret? Token, Report? Fault)
{
    /// <summary>The variable. The harness does not get it.</summary>
    public const string Variable = "GATEHOUSE_RUN_TOKEN";

    private const int LargestFile = 4096;

    /// <summary>Reads it.</summary>
    public static RemoteAccess Of(Invocation invocation)
    {
        string? text;
        try
        {
            text = invocation.Parsed.GetValue(RunCommand.TokenFile) is { } file ? Read(file) : Environment.GetEnvironmentVariable(Variable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Faulty($"The token's file can't be read: {e.Message}");
        }

        if (string.IsNullOrWhiteSpace(text)) return invocation.Parsed.GetValue(RunCommand.TokenFile) is null ? new RemoteAccess(null, null) : Faulty("The token's file is empty.");
        var token = Secret.From(text.Trim());
        return RemoteServer.Takes(token) ? new RemoteAccess(token, null) : Faulty("A run is looked after with a runner's token (ghn_…) or a user's (gha_…), and this is neither.");
    }

    private static string Read(string file)
    {
        using var stream = new StreamReader(file);
        var buffer = new char[LargestFile];
        return new string(buffer, 0, stream.ReadBlock(buffer));
    }

    private static RemoteAccess Faulty(string what) => new(null, Report.Misused([new Problem(
        what, "Make one at the server: POST /api/v1/workspaces/{workspace}/runner-tokens, or gatehouse token create --kind admin --user NAME --expires 12h")]));
}
