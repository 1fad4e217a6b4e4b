using System.ComponentModel;
using System.Globalization;
using Gatehouse.ClaudeCli.Accounts;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Conversations;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Microsoft.Extensions.Logging;

namespace Gatehouse.ClaudeCli;

/// <summary>One configured program with its accounts, warm processes, conversations and slots. Thread-safe.</summary>
internal sealed partial class ClaudeProvider : IAsyncDisposable
{
    /// <summary>Shorter waits for a turn are not worth a line in the log.</summary>
    private static readonly TimeSpan s_worthTelling = TimeSpan.FromMilliseconds(50);

    private readonly ProgramPlace _place;
    private readonly Slots _slots;
    private readonly CrashGuard _crashes;
    private readonly ConversationIds _ids;
    private readonly WarmProcesses _warm;
    private readonly ConversationTable _conversations;
    private readonly AccountTable _accounts;
    private readonly AccountWatch _watch;
    private readonly ProgramEvents _events;
    private readonly Lazy<string> _folder;
    private readonly ITimer _tidying;
    private readonly WorkTools? _tools;

    /// <summary>Makes it; nothing runs before it is asked.</summary>
    public ClaudeProvider(string name, ProgramSettings settings, ProgramPlace place)
    {
        (Settings, _place) = (settings, place);
        var time = place.Time;
        _crashes = new CrashGuard(time);
        _ids = new ConversationIds(place.Store, name);
        _slots = new Slots(settings.Concurrency);
        var limits = ConversationLimits.Of(settings);
        _conversations = new ConversationTable(limits, time);
        _events = new ProgramEvents(name, place.Logging.CreateLogger<ProgramEvents>());
        _accounts = new AccountTable(settings, place.Environment, time);
        _watch = new AccountWatch(settings.Path, _accounts.All, place.Environment, _events, time);
        _folder = new Lazy<string>(() => settings.WorkingFolder ?? Directory.CreateTempSubdirectory("gatehouse-claude-").FullName);
        if (settings.Loop is { } loop) _tools = new WorkTools(new WorkFolder(settings.WorkingFolder!), loop, place.Environment);
        _warm = new WarmProcesses(Start, settings.Warm, () => settings.Memory - _conversations.Memory, settings.Idle, time);
        _tidying = time.CreateTimer(_ => _ = TidyAsync(), null, limits.Beat, limits.Beat);
    }

    /// <summary>How it is configured.</summary>
    public ProgramSettings Settings { get; }

    private async Task<CliAnswer> AnswerAsync(CliRequest request, UpstreamCaller? caller, ClaudeProfile profile, CancellationToken cancellation)
    {
        var key = Key(request, caller, profile);
        var claimed = _conversations.Claim(key, request);
        if (claimed is null && Paused() is { } paused) return CliAnswer.Error(paused);
        var id = claimed?.Id ?? await _ids.FindAsync(key, request);
        var asked = _place.Time.GetTimestamp();
        await EnterAsync(claimed, cancellation);
        var ask = new Ask(key, request, profile, id, _place.Time.GetElapsedTime(asked));
        if (ask.Waited > s_worthTelling) _events.Queued(ask.Waited.TotalMilliseconds, _slots.Waiting);
        var (answer, fault) = await TryAsync(ask, claimed, cancellation);
        if (fault is { ProcessEnded: true } && Paused() is null)
        {
            // A process that was kept or started ahead may have died unnoticed. Nothing was answered yet, so a new one is fed the history.
            _events.Crashed(profile.Name);
            await _slots.EnterAsync(continues: true, cancellation);
            (answer, fault) = await TryAsync(ask, null, cancellation, warm: false);
        }

        if (fault is { ProcessEnded: true }) _events.Crashed(profile.Name);
        return answer ?? CliAnswer.Error(fault! with { Message = profile.Mask(fault.Message) });
    }

    /// <summary>Lets running turns end, then ends everything.</summary>
    public async Task RetireAsync()
    {
        while (_slots.Taken > 0) await Task.Delay(TimeSpan.FromSeconds(1), _place.Time);
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tidying.DisposeAsync();
        await _watch.DisposeAsync();
        await _warm.DisposeAsync();
        await _conversations.DisposeAsync();
        _accounts.Dispose();
        if (Settings.WorkingFolder is null && _folder.IsValueCreated && Directory.Exists(_folder.Value)) Directory.Delete(_folder.Value, recursive: true);
    }

    private static Dictionary<string, string> Headers(Ask ask) => new()
    {
        ["x-claude-session-id"] = ask.Id.ToString(),
        ["x-gatehouse-queue-ms"] = ((long)ask.Waited.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
    };

    private async Task<(CliAnswer? Answer, CliFault? Fault)> TryAsync(Ask ask, LiveConversation? conversation, CancellationToken cancellation, bool warm = true)
    {
        var (request, profile) = (ask.Request, ask.Profile);
        var body = new TurnBody();
        var isNew = conversation is null;
        try
        {
            if (conversation is null)
            {
                var process = warm ? _warm.Take(request.Flags, profile) : Start(request.Flags, profile);
                _conversations.Add(ask.Key, conversation = LiveConversation.Over(process, request.Flags, _tools, _place.Time));
                conversation.Id = ask.Id;
                conversation.Limited = _accounts.Of(profile).Limits.Take;
                if (request.Messages.Count > 1) _events.Fed(process.Id, request.Messages.Count - 1);
                conversation.Ended = (history, id) => _ids.Remember(ask.Key, history, id);
                if (_crashes.Deaths == 0) _ = _warm.PrepareAsync(request.Flags, profile);
                _ = TidyAsync();
            }

            if (!isNew) _events.Continued(conversation.ProcessId);
            var fault = isNew ? await conversation.BeginAsync(request, body, cancellation) : await conversation.ContinueAsync(request, body, cancellation);
            if (fault is null)
            {
                _crashes.Answered();
                return (CliAnswer.Events(body, Headers(ask), () => LeaveAsync(conversation), request.Losses, ask.Waited), null);
            }

            if (isNew && fault.ProcessEnded) _crashes.Died(fault.Message);
            await EndAsync(conversation);
            return (null, fault);
        }
        catch
        {
            if (conversation is not null) await EndAsync(conversation);
            else _slots.Leave();
            throw;
        }
    }

    private async ValueTask EnterAsync(LiveConversation? claimed, CancellationToken cancellation)
    {
        try
        {
            await _slots.EnterAsync(claimed is not null, cancellation);
        }
        catch (OperationCanceledException) when (claimed is not null)
        {
            // Claimed, and nobody left to go on with it.
            await _conversations.EndAsync(claimed);
            throw;
        }
    }

    // Called when the answer is over. A turn that was not read to its end leaves a process that knows more than its client.
    private async ValueTask LeaveAsync(LiveConversation conversation)
    {
        if (conversation.State == ConversationState.Running) _events.Killed(conversation.ProcessId);
        else if (conversation.State == ConversationState.Waiting) _events.Held(conversation.ProcessId);
        if (conversation.State is ConversationState.Running or ConversationState.Over) await EndAsync(conversation);
        else _slots.Leave();
        // It may take more memory than before.
        await TidyAsync();
    }

    // The kept ones first: what they leave is for those that wait.
    private async Task TidyAsync()
    {
        await _conversations.TidyAsync();
        await _warm.FitAsync();
    }

    private async ValueTask EndAsync(LiveConversation conversation)
    {
        // The slot first: whoever waits need not wait for the end of a process.
        _slots.Leave();
        await _conversations.EndAsync(conversation);
        _events.Ended(conversation.ProcessId);
    }

    private ClaudeProcess Start(LaunchFlags flags, ClaudeProfile profile)
    {
        var program = ProgramPath.Find(Settings.Path, _place.Environment) ?? throw new Win32Exception(ProgramPath.Absent(Settings.Path));
        var folder = profile.WorkingFolder ?? _folder.Value;
        // Starting it there would only fail as if the program itself were missing.
        if (!Directory.Exists(folder)) throw new Win32Exception($"its working folder '{folder}' is not there. Make it, or name another in program.workingFolder.");
        var process = ClaudeProcess.Start(program, flags, profile, folder, _place.Environment, _place.Records);
        _events.Started(process.Id, profile.Name, flags.Model);
        return process;
    }

    private ConversationKey Key(CliRequest request, UpstreamCaller? caller, ClaudeProfile profile)
    {
        var (token, name) = Conversation(request, caller);
        return new ConversationKey(token, profile.Name, profile.WorkingFolder ?? Settings.WorkingFolder ?? "", name, IsNamed: (caller?.SessionId ?? request.Session) is not null);
    }

    private CliFault? Paused() => _crashes.Pause() is var pause && pause > TimeSpan.Zero
        ? new CliFault(503, "api_error", $"The claude program died {_crashes.Deaths} times in a row before it had answered, so it is not started for a moment. {_crashes.Words}")
        {
            RetryAfter = pause,
        }
        : null;

    /// <summary>A request with what is known of it.</summary>
    private sealed record Ask(ConversationKey Key, CliRequest Request, ClaudeProfile Profile, Guid Id, TimeSpan Waited);
}
