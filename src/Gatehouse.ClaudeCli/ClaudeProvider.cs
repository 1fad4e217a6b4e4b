using System.ComponentModel;
using System.Globalization;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Conversations;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;

namespace Gatehouse.ClaudeCli;

/// <summary>One configured program with its accounts, warm processes, conversations and slots. Thread-safe.</summary>
internal sealed class ClaudeProvider : IAsyncDisposable
{
    private readonly Func<string, string?> _environment;
    private readonly TimeProvider _time;
    private readonly Slots _slots;
    private readonly WarmProcesses _warm;
    private readonly ConversationTable _conversations;
    private readonly List<ClaudeProfile> _profiles;
    private readonly Lazy<string> _folder;
    private readonly ITimer _tidying;

    /// <summary>Makes it; nothing runs before it is asked.</summary>
    public ClaudeProvider(ProgramSettings settings, Func<string, string?> environment, TimeProvider time)
    {
        (Settings, _environment, _time) = (settings, environment, time);
        _slots = new Slots(settings.Concurrency);
        var limits = ConversationLimits.Of(settings);
        _conversations = new ConversationTable(limits, time);
        _profiles = [.. settings.Profiles.Select(Profile)];
        if (_profiles.Count == 0) _profiles.Add(new ClaudeProfile("default", null, null, null, null));
        _folder = new Lazy<string>(() => settings.WorkingFolder ?? Directory.CreateTempSubdirectory("gatehouse-claude-").FullName);
        _warm = new WarmProcesses(Start, settings.Warm, settings.Idle, time);
        _tidying = time.CreateTimer(_ => _ = _conversations.TidyAsync().AsTask(), null, limits.Beat, limits.Beat);
    }

    /// <summary>How it is configured.</summary>
    public ProgramSettings Settings { get; }

    /// <summary>Answers one request. Returns when the answer has begun, or with an error.</summary>
    /// <exception cref="Win32Exception">The program can't be started.</exception>
    public async Task<CliAnswer> AnswerAsync(CliRequest request, UpstreamCaller? caller, CancellationToken cancellation)
    {
        if (Find(caller?.Profile) is not { } profile)
        {
            return CliAnswer.Error(new CliFault(
                400, "invalid_request_error", $"There is no profile '{caller!.Profile}'. Configured are: {string.Join(", ", _profiles.Select(p => p.Name))}."));
        }

        var key = new ConversationKey(caller?.TokenId ?? Guid.Empty, profile.Name, caller?.SessionId ?? request.Messages[0].Key.ToString());
        var claimed = _conversations.Claim(key, request);
        var asked = _time.GetTimestamp();
        await EnterAsync(claimed, cancellation);
        var waited = _time.GetElapsedTime(asked);
        var (answer, fault) = await TryAsync(key, request, profile, claimed, waited, cancellation);
        if (fault is { ProcessEnded: true })
        {
            // A process that was kept or started ahead may have died unnoticed. Nothing was answered yet, so a new one is fed the history.
            await _slots.EnterAsync(continues: true, cancellation);
            (answer, fault) = await TryAsync(key, request, profile, null, waited, cancellation, warm: false);
        }

        return answer ?? CliAnswer.Error(fault!);
    }

    /// <summary>Lets running turns end, then ends everything.</summary>
    public async Task RetireAsync()
    {
        while (_slots.Taken > 0) await Task.Delay(TimeSpan.FromSeconds(1), _time);
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tidying.DisposeAsync();
        await _warm.DisposeAsync();
        await _conversations.DisposeAsync();
        if (Settings.WorkingFolder is null && _folder.IsValueCreated && Directory.Exists(_folder.Value)) Directory.Delete(_folder.Value, recursive: true);
    }

    private static Dictionary<string, string> Headers(TimeSpan waited) =>
        new() { ["x-gatehouse-queue-ms"] = ((long)waited.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) };

    private async Task<(CliAnswer? Answer, CliFault? Fault)> TryAsync(
        ConversationKey key, CliRequest request, ClaudeProfile profile, LiveConversation? conversation, TimeSpan waited, CancellationToken cancellation,
        bool warm = true)
    {
        var body = new TurnBody();
        var isNew = conversation is null;
        try
        {
            if (conversation is null)
            {
                var process = warm ? _warm.Take(request.Flags, profile) : Start(request.Flags, profile);
                _conversations.Add(key, conversation = LiveConversation.Over(process, request.Flags, _time));
                _ = _warm.PrepareAsync(request.Flags, profile);
                _ = _conversations.TidyAsync().AsTask();
            }

            var fault = isNew ? await conversation.BeginAsync(request, body, cancellation) : await conversation.ContinueAsync(request, body, cancellation);
            if (fault is null) return (CliAnswer.Events(body, Headers(waited), () => LeaveAsync(conversation), request.Losses, waited), null);
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
        if (conversation.State is ConversationState.Running or ConversationState.Over) await EndAsync(conversation);
        else _slots.Leave();
    }

    private async ValueTask EndAsync(LiveConversation conversation)
    {
        // The slot first: whoever waits need not wait for the end of a process.
        _slots.Leave();
        await _conversations.EndAsync(conversation);
    }

    private ClaudeProcess Start(LaunchFlags flags, ClaudeProfile profile)
    {
        var program = ProgramPath.Find(Settings.Path, _environment) ?? throw new Win32Exception(
            $"'{Settings.Path}' is not there, or may not be run. Install it with: npm install -g @anthropic-ai/claude-code – or name its path in program.path of the provider.");
        return ClaudeProcess.Start(program, flags, profile, _folder.Value, _environment);
    }

    private ClaudeProfile? Find(string? name)
    {
        name ??= Settings.DefaultProfile;
        return name is null ? _profiles[0] : _profiles.Find(profile => profile.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private ClaudeProfile Profile(ProgramProfile profile) =>
        new(profile.Name, profile.ConfigFolder, Variable(profile.ApiKeyVariable), Variable(profile.TokenVariable), profile.BaseUrl);

    private Secret? Variable(string? name) => name is not null && _environment(name)?.Trim() is { Length: > 0 } value ? Secret.From(value) : null;
}
