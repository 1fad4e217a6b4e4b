using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Installations;

/// <summary>Gives commands the installation that they work on.</summary>
internal static class InstallationVerbs
{
    /// <summary>The work gets the opened installation of <c>--data-dir</c>; it is closed afterwards.</summary>
    public static Verb RunsOnInstallation(this Verb verb, Func<Invocation, Installation, Task<Report>> work) => verb.Runs(work, reads: false);

    /// <summary>As the other, for a command that only reads: a full disk does not keep it from that.</summary>
    public static Verb ReadsInstallation(this Verb verb, Func<Invocation, Installation, Task<Report>> work) => verb.Runs(work, reads: true);

    private static Verb Runs(this Verb verb, Func<Invocation, Installation, Task<Report>> work, bool reads) => verb.Runs(async invocation =>
    {
        var opening = await (reads
            ? Installation.OpenToReadAsync(invocation.DataDirectory, invocation.Cancelled) : Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled));
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        installation.PrivateHosts = () =>
            ConfigLoader.Load(invocation.UnkeyedInputs()).Config is { } config ? config.Workspaces.PrivateHosts : [];
        await using (installation)
        {
            return await work(invocation, installation);
        }
    });
}
