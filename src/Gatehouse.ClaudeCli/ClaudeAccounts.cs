using System.Diagnostics;
using Gatehouse.ClaudeCli.Accounts;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Microsoft.Extensions.Logging;

namespace Gatehouse.ClaudeCli;

/// <summary>The accounts of a provider that is a program, for commands that work beside the server or without one. The logins are the program's own: nothing is written here.</summary>
public static class ClaudeAccounts
{
    /// <summary>Looks at the program and asks it how it is logged in, with this process's environment; at most some seconds for each account.</summary>
    /// <param name="provider">A provider that is a program.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="logging">Where the log goes.</param>
    public static async Task<ProgramReport> LookAsync(Provider provider, Func<string, string?> environment, ILoggerFactory logging)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var settings = provider.Program!;
        using var accounts = new AccountTable(settings, environment, TimeProvider.System);
        var events = new ProgramEvents(provider.Name, logging.CreateLogger<ProgramEvents>());
        await using var watch = new AccountWatch(settings.Path, accounts.All, environment, events, TimeProvider.System);
        await watch.Look();
        return ClaudeProvider.Report(provider.Name, settings, watch, accounts, 0, 0);
    }

    /// <summary>How the program's own login is started for an account, on this process's terminal; null with the reason where it can't be.</summary>
    /// <param name="provider">A provider that is a program.</param>
    /// <param name="profile">The account; null for the only one.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="problem">Why not.</param>
    public static ProcessStartInfo? Login(Provider provider, string? profile, Func<string, string?> environment, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var settings = provider.Program!;
        var names = settings.Profiles.IsEmpty ? ["default"] : settings.Profiles.Select(static one => one.Name).ToList();
        var name = profile is null && names.Count == 1 ? names[0] : names.Find(one => one.Equals(profile, StringComparison.OrdinalIgnoreCase));
        var chosen = settings.Profiles.FirstOrDefault(one => one.Name == name);
        problem = name is null ? $"{(profile is null ? "There are several accounts" : $"There is no account '{profile}'")}. Name one with --profile: {string.Join(", ", names)}."
            : chosen is { ApiKeyVariable: { } key } ? $"The account '{name}' is given a key by the variable {key}; it needs no login."
            : chosen is { TokenVariable: { } token } ? $"The account '{name}' is given a token by the variable {token}; it needs no login. A new one is made with: claude setup-token"
            : ProgramPath.Find(settings.Path, environment) is null ? ProgramPath.Absent(settings.Path) : null;
        if (problem is not null) return null;
        if (chosen?.ConfigFolder is { } folder) Directory.CreateDirectory(folder);
        // Where the vendor is called for a private gateway has no say in a login.
        return ProgramCommand.Start(
            ProgramPath.Find(settings.Path, environment)!, ["auth", "login"], new ClaudeProfile(name!, chosen?.ConfigFolder, null, null, null), environment);
    }
}
