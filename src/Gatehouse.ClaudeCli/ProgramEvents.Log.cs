using Microsoft.Extensions.Logging;

namespace Gatehouse.ClaudeCli;

/// <content>The lines. Ids 7000 to 7099; next free: 7012.</content>
internal sealed partial class ProgramEvents
{
    [LoggerMessage(EventId = 7000, Level = LogLevel.Information, Message = "claude.started: provider {Provider} process {Process} account {Account} model {Model}")]
    private partial void LogStarted(string provider, int process, string account, string model);

    [LoggerMessage(EventId = 7001, Level = LogLevel.Debug, Message = "claude.ended: provider {Provider} process {Process}")]
    private partial void LogEnded(string provider, int process);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "claude.killed: provider {Provider} process {Process}, its turn was not over")]
    private partial void LogKilled(string provider, int process);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "claude.crashed: provider {Provider} account {Account}, before it had answered")]
    private partial void LogCrashed(string provider, string account);

    [LoggerMessage(EventId = 7004, Level = LogLevel.Information, Message = "claude.fed: provider {Provider} process {Process} messages {Messages}")]
    private partial void LogFed(string provider, int process, int messages);

    [LoggerMessage(EventId = 7005, Level = LogLevel.Debug, Message = "claude.continued: provider {Provider} process {Process}")]
    private partial void LogContinued(string provider, int process);

    [LoggerMessage(EventId = 7006, Level = LogLevel.Debug, Message = "claude.held: provider {Provider} process {Process}")]
    private partial void LogHeld(string provider, int process);

    [LoggerMessage(EventId = 7007, Level = LogLevel.Information, Message = "claude.queued: provider {Provider} waited {Milliseconds:0} ms, {Waiting} still wait")]
    private partial void LogQueued(string provider, double milliseconds, int waiting);

    [LoggerMessage(EventId = 7008, Level = LogLevel.Warning, Message = "claude.quota: provider {Provider} account {Account} is used up until {Until:u}")]
    private partial void LogUsedUp(string provider, string account, DateTimeOffset until);

    [LoggerMessage(EventId = 7009, Level = LogLevel.Information, Message = "claude.switched: provider {Provider} from account {From} to {To}")]
    private partial void LogSwitched(string provider, string from, string to);

    [LoggerMessage(EventId = 7010, Level = LogLevel.Information, Message = "claude.logged_in: provider {Provider} account {Account}")]
    private partial void LogLoggedIn(string provider, string account);

    [LoggerMessage(EventId = 7011, Level = LogLevel.Warning, Message = "claude.logged_out: provider {Provider} account {Account}")]
    private partial void LogLoggedOut(string provider, string account);
}
