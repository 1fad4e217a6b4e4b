using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Gateway.Routing;
using Gatehouse.Secrets;

namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>
/// The accounts of one program, and which of them serves a request: the one that the request names; else the one that its conversation had; else the configured
/// default; else the subscription with most headroom, and accounts that pay by the call when no subscription can. What is used up, logged out or refused is passed
/// over, unless it was named. Thread-safe.
/// </summary>
internal sealed class AccountTable : IDisposable
{
    private readonly TimeProvider _time;
    private readonly string? _preferred;
    private readonly StickyAccounts _sticky;
    private DirectoryInfo? _folder;

    /// <summary>Reads the accounts of a configuration; one, the machine's own login, where it names none.</summary>
    public AccountTable(ProgramSettings settings, Func<string, string?> machine, TimeProvider time)
    {
        (_time, _preferred, _sticky) = (time, settings.DefaultProfile, new StickyAccounts(time));
        All = settings.Profiles.IsEmpty
            ? [new Account(new ClaudeProfile("default", null, null, null, null), null, time)]
            : [.. settings.Profiles.Select(profile => Read(profile, machine))];
    }

    /// <summary>The accounts in the order of the configuration; at least one.</summary>
    public IReadOnlyList<Account> All { get; }

    /// <summary>The account of a profile.</summary>
    public Account Of(ClaudeProfile profile) => All.First(account => ReferenceEquals(account.Profile, profile));

    /// <summary>An account by its name, in any case; null when there is none.</summary>
    public Account? Find(string name) => All.FirstOrDefault(account => account.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The account for a request, or why there is none.</summary>
    /// <param name="named">The account that the request names.</param>
    /// <param name="conversation">Whose conversation it is, and which.</param>
    /// <param name="model">The model.</param>
    /// <param name="tried">Accounts that have just failed it. When these are all, and none is used up, there is neither an account nor a refusal: their own answer stands.</param>
    public AccountChoice Choose(string? named, (Guid Token, string Name) conversation, string model, IReadOnlyCollection<Account> tried)
    {
        if (named is not null)
        {
            return Find(named) is { } one ? Ready(one, model) : AccountChoice.Refused(new CliFault(
                400, "invalid_request_error", $"There is no profile '{Shown(named)}'. Configured are: {string.Join(", ", All.Select(static account => account.Name))}."));
        }

        var able = All.Where(account => account.IsUsable && !tried.Contains(account) && account.Limits.RejectedUntil(model) is null).ToList();
        if (able.Count == 0) return None(model, tried);
        var chosen = able.Find(account => account == _sticky.Find(conversation))
            ?? able.Find(account => account.Name == _preferred)
            ?? able.OrderBy(static account => account.IsPaidByCall).ThenByDescending(account => account.Limits.Headroom(model)).First();
        return new AccountChoice(chosen, null);
    }

    /// <summary>Remembers which account served a conversation: its prompt cache is there.</summary>
    public void Stick((Guid Token, string Name) conversation, Account account) => _sticky.Set(conversation, account);

    /// <summary>The refusal that an account gives whose limits are used up.</summary>
    public CliFault UsedUp(Account account, DateTimeOffset until) => UsedUp($"The limits of the account '{account.Name}' are", until);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (_folder is { Exists: true }) _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process that is just ending wrote there: the folder of temporary files is emptied by others.
        }
    }

    private AccountChoice Ready(Account account, string model)
    {
        if (account.Fault is { } fault) return AccountChoice.Refused(new CliFault(401, "authentication_error", fault));
        return account.Limits.RejectedUntil(model) is { } until ? AccountChoice.Refused(UsedUp(account, until)) : new AccountChoice(account, null);
    }

    // Used up goes before logged out: it passes by itself. An account that only seems to be logged out is tried: the program's own word is newer.
    private AccountChoice None(string model, IReadOnlyCollection<Account> tried)
    {
        DateTimeOffset? first = null;
        foreach (var account in All)
        {
            if (account.Limits.RejectedUntil(model) is { } until && !(first <= until)) first = until;
        }

        if (first is { } reset) return AccountChoice.Refused(UsedUp(All.Count == 1 ? $"The limits of the account '{All[0].Name}' are" : "The limits of every account are", reset));
        var seeming = All.Where(account => account.Fault is null && !tried.Contains(account)).OrderByDescending(account => account.Name == _preferred).FirstOrDefault();
        return seeming is not null || tried.Count > 0 ? new AccountChoice(seeming, null) : AccountChoice.Refused(new CliFault(401, "authentication_error", All[0].Fault!));
    }

    private CliFault UsedUp(string whose, DateTimeOffset until) => new(429, "rate_limit_error", $"{whose} used up; they begin anew at {until:yyyy-MM-dd HH:mm:ss}Z.")
    {
        RetryAfter = until - _time.GetUtcNow(),
    };

    // A header's text is shown only as far as a name may go.
    private static string Shown(string name) =>
        string.Concat(name.Take(64).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '?'));

    private Account Read(ProgramProfile profile, Func<string, string?> machine)
    {
        var key = Secret(profile.ApiKeyVariable, machine, out var missing);
        var token = Secret(profile.TokenVariable, machine, out var other);
        var fault = (missing ?? other) is { } variable ? $"The account '{profile.Name}' has no login: the variable {variable} is not set for the gateway." : null;
        // An account with a key or token must not see the machine's own login beside it.
        var folder = profile.ConfigFolder ?? (key is null && token is null ? null : Directory.CreateDirectory(Path.Combine(Own().FullName, profile.Name)).FullName);
        return new Account(new ClaudeProfile(profile.Name, folder, key, token, profile.BaseUrl) { WorkingFolder = profile.WorkingFolder }, fault, _time);
    }

    private DirectoryInfo Own() => _folder ??= Directory.CreateTempSubdirectory("gatehouse-claude-accounts-");

    private static Secret? Secret(string? variable, Func<string, string?> machine, out string? missing)
    {
        missing = null;
        if (variable is null) return null;
        if (machine(variable)?.Trim() is { Length: > 0 } value) return Gatehouse.Secrets.Secret.From(value);
        missing = variable;
        return null;
    }
}

/// <summary>The account that serves a request, or why none does.</summary>
/// <param name="Account">The account; null when there is none, or none that has not been tried.</param>
/// <param name="Refusal">Why there is none; null when the failure of those that were tried says it.</param>
internal readonly record struct AccountChoice(Account? Account, CliFault? Refusal)
{
    /// <summary>None.</summary>
    public static AccountChoice Refused(CliFault why) => new(null, why);
}
