using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Looks at the logins that providers are called with: at start, every 23 hours, and when the configuration or the keys are other ones. It tells the log
/// how they stand, so that an operator learns of one that has ended before a caller does. Nothing is sent and nothing is written. Owned by the server.
/// </summary>
internal sealed partial class ClaudeLoginWatch(ConfigSource configuration, Live<CredentialTable> credentials, TimeProvider time, ILogger<ClaudeLoginWatch> logger)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(23);

    private readonly ILogger _logger = logger;

    /// <summary>Why a server must not start; null when it may.</summary>
    public string? Refusal() => Logins()
        .Where(static found => found.Login.State == ClaudeLoginState.Shared)
        .Select(static found => $"The configuration is at fault: providers.{found.Provider.Name}.auth is \"{ClaudeLoginReader.Word}\". {found.Login.Problem}; or lock the other users out: gatehouse user set NAME --disable")
        .FirstOrDefault();

    /// <summary>Looks once and tells.</summary>
    public void Look()
    {
        foreach (var (provider, login) in Logins())
        {
            if (login.Problem is { } problem) LogProblem(provider.Name, problem);
            else if (login.ExpiresAt is { } end) LogGood(provider.Name, end);
            else LogLasting(provider.Name);
        }
    }

    /// <summary>Looks every 23 hours until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) Look();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private IEnumerable<(Provider Provider, ClaudeLogin Login)> Logins()
    {
        var table = credentials.Current;
        foreach (var provider in configuration.Current.Providers)
        {
            if (provider.ClaudeLogin && table.LoginOf(provider.Name) is { } login) yield return (provider, login);
        }
    }
}
