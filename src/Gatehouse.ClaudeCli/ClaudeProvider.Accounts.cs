using System.Collections.Immutable;
using System.ComponentModel;
using Gatehouse.ClaudeCli.Accounts;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.ClaudeCli;

/// <content>Which account answers, and how they are.</content>
internal sealed partial class ClaudeProvider
{
    /// <summary>
    /// Answers one request. Returns when the answer has begun, or with an error. What one account's limits refuse, or whose login the vendor refuses, is asked of the
    /// next, unless the request named it.
    /// </summary>
    /// <exception cref="Win32Exception">The program can't be started.</exception>
    public async Task<CliAnswer> AnswerAsync(CliRequest request, UpstreamCaller? caller, CancellationToken cancellation)
    {
        _ = _watch.Look();
        if (_watch is { Fault: { } old, Version: not null }) return CliAnswer.Error(new CliFault(502, "api_error", old));
        var conversation = Conversation(request, caller);
        var tried = new List<Account>();
        CliAnswer? unauthorized = null;
        while (true)
        {
            var choice = _accounts.Choose(caller?.Profile, conversation, request.Flags.Model, tried);
            if (choice.Refusal is { } refusal) return CliAnswer.Error(refusal);
            if (choice.Account is not { } account) return unauthorized!;
            if (tried.Count > 0) _events.Switched(tried[^1].Name, account.Name);
            var answer = await AnswerAsync(request, caller, account.Profile, cancellation);
            account.Answered(answer.Status);
            if (answer.Status == 401 && caller?.Profile is null)
            {
                unauthorized ??= answer;
                tried.Add(account);
                continue;
            }

            if (answer.Status != 429 || account.Limits.RejectedUntil(request.Flags.Model) is not { } until)
            {
                if (answer.Status < 300) _accounts.Stick(conversation, account);
                return answer;
            }

            _events.UsedUp(account.Name, until);
            if (caller?.Profile is not null) return CliAnswer.Error(_accounts.UsedUp(account, until));
            tried.Add(account);
        }
    }

    /// <summary>How the program and its accounts are, as far as it is known; a look begins when that is old.</summary>
    public ProgramReport Report(string name)
    {
        _ = _watch.Look();
        return Report(name, Settings, _watch, _accounts, _slots.Taken, _slots.Waiting);
    }

    /// <summary>What is known of a program and its accounts.</summary>
    public static ProgramReport Report(string name, ProgramSettings settings, AccountWatch watch, AccountTable table, int running, int waiting)
    {
        var accounts = table.All.Select(static account => account.Report()).ToImmutableArray();
        var health = watch.Fault is not null ? ProgramHealth.Unhealthy
            : accounts.All(static one => one.Health == ProgramHealth.Unhealthy) ? ProgramHealth.Unhealthy
            : accounts.Any(static one => one.Health is ProgramHealth.Unhealthy or ProgramHealth.Degraded) ? ProgramHealth.Degraded
            : accounts.Any(static one => one.Health == ProgramHealth.Unknown) ? ProgramHealth.Unknown : ProgramHealth.Healthy;
        return new ProgramReport(name, health, settings.Loop is null ? "client-tools" : "agent", watch.Version?.ToString(), watch.Fault, running, waiting, accounts);
    }

    // Whose conversation it is, and which, whatever account serves it.
    private static (Guid Token, string Name) Conversation(CliRequest request, UpstreamCaller? caller) =>
        (caller?.TokenId ?? Guid.Empty, caller?.SessionId ?? request.Session ?? request.Messages[0].Key.ToString());
}
