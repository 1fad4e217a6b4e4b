using Microsoft.Extensions.Logging;

namespace Gatehouse.ClaudeCli;

/// <summary>What happens to the processes, conversations and accounts of one provider, for the log: ids, names, counts and times, never a word of what was said. Thread-safe.</summary>
/// <param name="provider">The provider's configured name.</param>
/// <param name="logger">Where the log goes.</param>
internal sealed partial class ProgramEvents(string provider, ILogger<ProgramEvents> logger)
{
    /// <summary>A process was started.</summary>
    public void Started(int process, string account, string model) => LogStarted(provider, process, account, model);

    /// <summary>A process was ended, because it is not needed any more.</summary>
    public void Ended(int process) => LogEnded(provider, process);

    /// <summary>A process was ended while its turn ran: its client left, or its time was over.</summary>
    public void Killed(int process) => LogKilled(provider, process);

    /// <summary>A process went away by itself before it had answered.</summary>
    public void Crashed(string account) => LogCrashed(provider, account);

    /// <summary>A new process was told a conversation's history.</summary>
    public void Fed(int process, int messages) => LogFed(provider, process, messages);

    /// <summary>A conversation went on in its process.</summary>
    public void Continued(int process) => LogContinued(provider, process);

    /// <summary>A process waits for its client's tool results.</summary>
    public void Held(int process) => LogHeld(provider, process);

    /// <summary>A request waited for its turn.</summary>
    public void Queued(double milliseconds, int waiting) => LogQueued(provider, milliseconds, waiting);

    /// <summary>The limits of an account are used up.</summary>
    public void UsedUp(string account, DateTimeOffset until) => LogUsedUp(provider, account, until);

    /// <summary>Another account took a request over.</summary>
    public void Switched(string from, string to) => LogSwitched(provider, from, to);

    /// <summary>An account was logged in or out.</summary>
    public void LoginSeen(string account, bool loggedIn)
    {
        if (loggedIn) LogLoggedIn(provider, account);
        else LogLoggedOut(provider, account);
    }
}
