using Gatehouse.ClaudeCli.Programs;

namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>
/// Looks from time to time which version the program is and whether its accounts are logged in. Whoever wants to know starts a look when the last one is old, and
/// is told what was seen before: no request waits for it. One look at a time. Thread-safe.
/// </summary>
internal sealed class AccountWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_freshFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private readonly string _path;
    private readonly IReadOnlyList<Account> _accounts;
    private readonly Func<string, string?> _machine;
    private readonly TimeProvider _time;
    private readonly ProgramEvents _events;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private Task _looking = Task.CompletedTask;
    private long? _looked;
    private int _ended;
    private bool _failed;
    private Version? _version;
    private string? _fault;

    /// <summary>Makes it; the first look begins when somebody wants to know.</summary>
    /// <param name="path">The program: a path, or a name to find on <c>PATH</c>.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="machine">Reads a variable of the gateway's own environment.</param>
    /// <param name="events">Told what changed.</param>
    /// <param name="time">The clock.</param>
    public AccountWatch(string path, IReadOnlyList<Account> accounts, Func<string, string?> machine, ProgramEvents events, TimeProvider time) =>
        (_path, _accounts, _machine, _events, _time) = (path, accounts, machine, events, time);

    /// <summary>The program's version; null while it is not known.</summary>
    public Version? Version
    {
        get
        {
            lock (_lock) return _version;
        }
    }

    /// <summary>Why the program can't be used and what helps; null when it can, or when nobody has looked.</summary>
    public string? Fault
    {
        get
        {
            lock (_lock) return _fault;
        }
    }

    /// <summary>Begins a look if the last one is old. The task ends with the look; nobody but tests and short commands waits for it.</summary>
    public Task Look()
    {
        lock (_lock)
        {
            if (!_looking.IsCompleted || Volatile.Read(ref _ended) != 0) return _looking;
            if (_looked is { } last && _time.GetElapsedTime(last) < (_failed ? s_freshFailure : s_fresh)) return _looking;
            return _looking = Task.Run(LookAsync);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        await _ending.CancelAsync();
        Task looking;
        lock (_lock) looking = _looking;
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task LookAsync()
    {
        var (version, fault) = await LookAtProgramAsync();
        var failed = fault is not null;
        if (ProgramPath.Find(_path, _machine) is { } program)
        {
            foreach (var account in _accounts.Where(static account => account.Fault is null))
            {
                var printed = await AskAsync(program, ["auth", "status"], account.Profile);
                var login = printed is null ? null : AuthStatus.Read(printed);
                if (_ending.IsCancellationRequested) return;
                failed |= login is not { LoggedIn: true };
                if (account.Looked(login)) _events.LoginSeen(account.Name, login!.LoggedIn);
            }
        }

        lock (_lock) (_version, _fault, _failed, _looked) = (version, fault, failed, _time.GetTimestamp());
    }

    private async Task<(Version? Version, string? Fault)> LookAtProgramAsync()
    {
        if (ProgramPath.Find(_path, _machine) is not { } program) return (null, ProgramPath.Absent(_path));
        // Under the first account, whose environment it needs no more than any other.
        var printed = await AskAsync(program, ["--version"], _accounts[0].Profile);
        if (printed is null || ProgramCommand.VersionIn(printed) is not { } version) return (null, null);
        return (version, version < ProgramCommand.Oldest ? ProgramPath.TooOld(program, version) : null);
    }

    private async Task<byte[]?> AskAsync(string program, IReadOnlyList<string> arguments, ClaudeProfile profile)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        limit.CancelAfter(s_limit);
        return await ProgramCommand.AskAsync(program, arguments, profile, _machine, limit.Token);
    }
}
