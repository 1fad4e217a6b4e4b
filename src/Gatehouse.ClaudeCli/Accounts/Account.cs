using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>
/// An account that the program works under, with what is known of its login and its limits. Known in memory only: after a restart the vendor tells it again.
/// Thread-safe.
/// </summary>
/// <param name="profile">How the program is given it.</param>
/// <param name="fault">Why it can't be used as it is configured; null when it can.</param>
/// <param name="time">The clock.</param>
internal sealed class Account(ClaudeProfile profile, string? fault, TimeProvider time)
{
    /// <summary>How long an account whose login the vendor refused is passed over, while there are others.</summary>
    private static readonly TimeSpan s_refused = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private AuthStatus? _login;
    private string? _unseen;
    private DateTimeOffset? _refusedAt;

    /// <summary>What requests name it by.</summary>
    public string Name => profile.Name;

    /// <summary>How the program is given it.</summary>
    public ClaudeProfile Profile => profile;

    /// <summary>Why it can't be used as it is configured; null when it can. The program is never started without what was meant: it would take another login.</summary>
    public string? Fault => fault;

    /// <summary>Its limits.</summary>
    public RateLimits Limits { get; } = new(time);

    /// <summary>Whether each of its calls is paid for: such an account serves when no subscription can.</summary>
    public bool IsPaidByCall => profile.ApiKey is not null;

    /// <summary>Whether it can be expected to serve, limits aside.</summary>
    public bool IsUsable
    {
        get
        {
            lock (_lock) return fault is null && _login is not { LoggedIn: false } && !IsRefused();
        }
    }

    /// <summary>Takes what the program says of its login.</summary>
    /// <param name="login">What it says; null when it could not be asked, and what was known stays.</param>
    /// <returns>Whether that is news.</returns>
    public bool Looked(AuthStatus? login)
    {
        lock (_lock)
        {
            _unseen = login is null ? "The program could not be asked whether it is logged in." : null;
            if (login is null) return false;
            var isNews = login.LoggedIn != (_login?.LoggedIn ?? true);
            _login = login;
            return isNews;
        }
    }

    /// <summary>Takes how a turn under it began.</summary>
    /// <param name="status">The HTTP status.</param>
    public void Answered(int status)
    {
        lock (_lock) _refusedAt = status == 401 ? time.GetUtcNow() : status < 300 ? null : _refusedAt;
    }

    /// <summary>How it is.</summary>
    public AccountReport Report()
    {
        var until = Limits.RejectedUntil(null);
        lock (_lock)
        {
            var help = $"Log in again: gatehouse claude login --profile {Name}";
            var error = fault
                ?? (_login is { LoggedIn: false } ? $"The program is not logged in. {help}"
                    : _refusedAt is not null ? $"The vendor refused its login. {help}" : _unseen);
            var health = fault is not null || _login is { LoggedIn: false } || _refusedAt is not null ? ProgramHealth.Unhealthy
                : _unseen is not null || until is not null ? ProgramHealth.Degraded
                : _login is null ? ProgramHealth.Unknown : ProgramHealth.Healthy;
            return new AccountReport(Name, health, _login?.LoggedIn, _login?.Method, _login?.Email, _login?.Plan, error, until, Limits.Windows());
        }
    }

    private bool IsRefused() => _refusedAt + s_refused > time.GetUtcNow();
}
