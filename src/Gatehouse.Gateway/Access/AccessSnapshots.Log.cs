using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Access;

internal sealed partial class AccessSnapshots
{
    [LoggerMessage(3111, LogLevel.Error, "Tokens and credentials could not be loaded again; the ones of before stay in use")]
    private partial void LogNotLoaded(Exception failure);

    [LoggerMessage(3112, LogLevel.Error, "The credential {Name} of provider {Provider} can't be opened: its row was altered")]
    private partial void LogNotOpened(string name, string provider);

    [LoggerMessage(3113, LogLevel.Error, "The credential {Id} of user {Owner} can't be opened: its row was altered")]
    private partial void LogTenantNotOpened(string id, string owner);
}
